import { Readable } from 'node:stream';
import { Controller, Get, Header, Inject, Req, Res } from '@nestjs/common';
import { exportResolveDownload, type DownloadableFile } from '@sluice/contracts';
import {
  canLink,
  OBJECT_STORE,
  type ByteRange,
  type LinkedFile,
  type ObjectStore,
} from '@sluice/object-store';
import { type FastifyReply } from 'fastify';
import { PublicRoute } from '../authentication/public-route.js';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';
import { headerOf, originOf, type EdgeRequest } from '../http/edge-request.js';
import { ServiceClient } from '../http/service-client.js';
import { readRange } from './byte-range.js';
import { SignedLinks } from './signed-link.js';

/**
 * Delivers files by signed link (SPEC X13). The link stands for the token; the orchestrator is asked each time whether
 * the file is still to be had. A store that can make links is redirected to; the files of a local one are sent from here.
 */
@Controller('api/v1/exports/:id/file')
export class DownloadController {
  constructor(
    private readonly services: ServiceClient,
    private readonly links: SignedLinks,
    @Inject(OBJECT_STORE) private readonly store: ObjectStore,
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
  ) {}

  /** Answers HEAD too: Fastify routes it here. */
  @Get()
  @PublicRoute()
  @Header('cache-control', 'private, no-store')
  async download(@Req() request: EdgeRequest, @Res() reply: FastifyReply): Promise<void> {
    const target = this.links.check(request.url);
    const message = { ...target, origin: originOf(request) };
    const file = await this.services.ask(request, reply, exportResolveDownload, message);
    const tag = `"${target.sha256}"`;
    const range = wantedRange(request, reply, file, tag);
    const headers = fileHeaders(file, range, tag);
    const status = range === null ? 200 : 206;
    if (request.method === 'HEAD') {
      // An empty text would set the length to 0.
      await reply.code(status).headers(headers).send(Readable.from([]));
      return;
    }
    if (canLink(this.store)) {
      await this.redirect(reply, await this.store.link(file.key, linkedFile(file)));
      return;
    }
    const stream = await this.store.read(file.key, range ?? undefined);
    // The caller may have left while the store was asked: then nobody else would close the stream.
    if (reply.raw.destroyed) {
      stream.destroy();
      return;
    }
    reply.raw.setTimeout(this.config.timeouts.stalledMs, () => reply.raw.destroy());
    await reply.code(status).headers(headers).send(stream);
  }

  /** The store sends the file itself, by a link that soon ends; a client repeats its `Range` there. */
  private async redirect(reply: FastifyReply, link: URL): Promise<void> {
    await reply.code(302).headers({ location: link.href, 'referrer-policy': 'no-referrer' }).send();
  }
}

function linkedFile({ fileName, contentType }: DownloadableFile): LinkedFile {
  return { disposition: attachment(fileName), contentType };
}

function wantedRange(
  request: EdgeRequest,
  reply: FastifyReply,
  file: DownloadableFile,
  tag: string,
): ByteRange | null {
  const condition = headerOf(request, 'if-range');
  if (condition !== null && condition !== tag) return null;
  try {
    return readRange(headerOf(request, 'range'), file.bytes);
  } catch (error) {
    reply.header('content-range', `bytes */${String(file.bytes)}`);
    throw error;
  }
}

function fileHeaders(file: DownloadableFile, range: ByteRange | null, tag: string): Record<string, string> {
  const { start, end } = range ?? { start: 0, end: file.bytes - 1 };
  return {
    'accept-ranges': 'bytes',
    'content-disposition': attachment(file.fileName),
    'content-length': String(end - start + 1),
    'content-type': file.contentType,
    etag: tag,
    ...(range !== null && { 'content-range': `bytes ${String(start)}-${String(end)}/${String(file.bytes)}` }),
  };
}

/** RFC 6266: a plain name for old readers, the real one in RFC 8187 form. */
function attachment(name: string): string {
  const plain = name.replaceAll(/[^\w.-]/g, '_');
  const encoded = encodeURIComponent(name).replaceAll(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16)}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}

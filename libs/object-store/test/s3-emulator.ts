import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { S3ObjectStore, S3StoreOptions } from '../src/index.js';
import { Answer, Call, FaultProxy } from './fault-proxy.js';

interface Emulator {
  run(): Promise<{ readonly port: number }>;
  close(): Promise<void>;
}

// It has no types of its own.
const S3rver = require('s3rver') as new (options: object) => Emulator; // eslint-disable-line @typescript-eslint/no-require-imports

export const BUCKET = 'exports';
/** Both halves of the only key that the emulator knows. */
const KEY = 'S3RVER';

/** S3 on this machine. What the emulator lacks, its proxy adds: uploads that are given up or listed, and `If-None-Match`. */
export class S3Emulator {
  /** Uploads that were begun and neither completed nor given up. */
  readonly openUploads = new Map<string, { readonly key: string; readonly initiated: Date }>();
  readonly leftovers: unknown[] = [];

  private constructor(
    private readonly emulator: Emulator,
    private readonly folder: string,
    readonly proxy: FaultProxy,
  ) {}

  static async start(): Promise<S3Emulator> {
    const folder = await mkdtemp(path.join(tmpdir(), 'sluice-s3-'));
    const options = { port: 0, address: '127.0.0.1', silent: true, directory: folder };
    const emulator = new S3rver({ ...options, configureBuckets: [{ name: BUCKET, configs: [] }] });
    const { port } = await emulator.run();
    const held: { s3?: S3Emulator } = {};
    const proxy = await FaultProxy.start(port, (call, forward) => held.s3!.around(call, forward));
    held.s3 = new S3Emulator(emulator, folder, proxy);
    return held.s3;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${String(this.proxy.port)}`;
  }

  /** Variables by which a service is told to keep its files here. */
  get settings(): Readonly<Record<string, string>> {
    return {
      SLUICE_STORE: 's3',
      SLUICE_S3_BUCKET: BUCKET,
      SLUICE_S3_ENDPOINT: this.endpoint,
      SLUICE_S3_PATH_STYLE: 'true',
      SLUICE_S3_ACCESS_KEY_ID: KEY,
      SLUICE_S3_SECRET_ACCESS_KEY: KEY,
    };
  }

  store(options: Partial<S3StoreOptions> = {}): S3ObjectStore {
    return new S3ObjectStore({
      bucket: BUCKET,
      region: 'us-east-1',
      endpoint: this.endpoint,
      pathStyle: true,
      credentials: { accessKeyId: KEY, secretAccessKey: KEY },
      encryption: { kind: 'aes256' },
      onLeftover: (error) => this.leftovers.push(error),
      ...options,
    });
  }

  async stop(): Promise<void> {
    await this.proxy.stop();
    await this.emulator.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  private async around(call: Call, forward: () => Promise<Answer>): Promise<Answer> {
    const uploadId = call.query.get('uploadId');
    if (call.query.has('uploads') && call.method === 'GET') return this.listUploads();
    if (uploadId !== null && !this.openUploads.has(uploadId)) return xml(404, error('NoSuchUpload'));
    if (uploadId !== null && call.method === 'DELETE') {
      this.openUploads.delete(uploadId);
      return { status: 204, body: Buffer.alloc(0) };
    }
    if (uploadId !== null && call.method === 'POST') return this.complete(uploadId, call, forward);
    const answer = call.headers.range === 'bytes=0-0' ? await firstByte(call, forward) : await forward();
    const begun = /<UploadId>([^<]+)/.exec(call.query.has('uploads') ? answer.body.toString() : '')?.[1];
    if (begun !== undefined) {
      this.openUploads.set(begun, { key: keyOf(call), initiated: new Date() });
    }
    return answer;
  }

  private async complete(id: string, call: Call, forward: () => Promise<Answer>): Promise<Answer> {
    const taken = [...this.published].includes(call.path);
    if (taken && call.headers['if-none-match'] === '*') return xml(412, error('PreconditionFailed'));
    const answer = await forward();
    if (answer.status === 200) {
      this.openUploads.delete(id);
      this.published.add(call.path);
    }
    return answer;
  }

  private readonly published = new Set<string>();

  private listUploads(): Answer {
    const uploads = [...this.openUploads].map(
      ([id, { key, initiated }]) =>
        `<Upload><Key>${key}</Key><UploadId>${id}</UploadId><Initiated>${initiated.toISOString()}</Initiated></Upload>`,
    );
    return xml(200, `<ListMultipartUploadsResult>${uploads.join('')}</ListMultipartUploadsResult>`);
  }
}

/** The emulator takes this one range for none. */
async function firstByte(call: Call, forward: () => Promise<Answer>): Promise<Answer> {
  delete call.headers.range;
  const { status, headers, body } = await forward();
  if (status !== 200) return { status, headers: headers ?? {}, body };
  if (body.length === 0) return xml(416, error('InvalidRange'));
  const range = { 'content-range': `bytes 0-0/${String(body.length)}`, 'content-length': '1' };
  return { status: 206, headers: { ...headers, ...range }, body: body.subarray(0, 1) };
}

function keyOf({ path: address }: Call): string {
  return decodeURIComponent(address).replace(`/${BUCKET}/`, '');
}

function error(code: string): string {
  return `<Error><Code>${code}</Code><Message>${code} of a secret place</Message></Error>`;
}

function xml(status: number, body: string): Answer {
  return { status, headers: { 'content-type': 'application/xml' }, body: Buffer.from(body) };
}

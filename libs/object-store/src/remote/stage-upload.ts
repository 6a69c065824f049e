import { addAbortSignal, Readable } from 'node:stream';
import { parseObjectKey } from '../object-key.js';
import { StagedObject } from '../object-store.js';
import { Part, PartCutter } from './part-cutter.js';

/** A file on its way into a store, part by part. Nobody sees it before `complete`. */
export interface PartUpload {
  /** Sends a part; several may be under way at once, in any order. */
  send(part: Part, signal: AbortSignal): Promise<void>;
  /** Makes a file of the parts. Resolves also when the store had done it and only its answer was lost. */
  complete(bytes: number): Promise<void>;
  /** Gives up what was sent; harmless when there is nothing left of it. */
  abort(): Promise<void>;
}

export interface StageOptions {
  readonly key: string;
  readonly source: Readable;
  readonly signal: AbortSignal;
  readonly open: (signal: AbortSignal) => Promise<PartUpload>;
  /** Told when a failed upload could not be given up. For the log: `removeStaged` finds it later. */
  readonly onLeftover: (error: unknown, key: string) => void;
}

/** Parts under way at once: the next one is filled meanwhile, so at most three are held, 96 MiB of a very large file. */
const PARALLEL = 2;

/** `ObjectStore.stage` over an upload in parts. */
export async function stageUpload({
  key,
  source,
  signal,
  open,
  onLeftover,
}: StageOptions): Promise<StagedObject> {
  try {
    signal.throwIfAborted();
    // Before anything is waited for: a source that fails meanwhile needs somebody who listens.
    const clear = addAbortSignal(signal, source);
    parseObjectKey(key);
    const upload = await open(signal);
    try {
      const sent = await sendAll(clear, upload, signal);
      return new StagedUpload(key, sent.bytes, sent.sha256, upload);
    } catch (error) {
      await upload.abort().catch((fault: unknown) => {
        onLeftover(fault, key);
      });
      throw error;
    }
  } catch (error) {
    source.destroy();
    signal.throwIfAborted();
    throw error;
  }
}

/** Rejects only when no part is under way any more: what is given up then stays given up. */
async function sendAll(
  source: Readable,
  upload: PartUpload,
  signal: AbortSignal,
): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const cutter = new PartCutter();
  const stop = new AbortController();
  const underWay = new Set<Promise<void>>();
  const send = async (part: Part): Promise<void> => {
    if (underWay.size >= PARALLEL) await Promise.race(underWay);
    const sending = upload
      .send(part, AbortSignal.any([signal, stop.signal]))
      .finally(() => underWay.delete(sending));
    underWay.add(sending);
    // Ends a source that is waited for, which then tells this fault.
    sending.catch((error: unknown) => source.destroy(error as Error));
  };
  try {
    for await (const piece of source as AsyncIterable<Uint8Array>) {
      for (const part of cutter.push(piece)) await send(part);
    }
    const { last, ...sent } = cutter.finish();
    if (last !== null) await send(last);
    await Promise.all(underWay);
    return sent;
  } catch (error) {
    stop.abort();
    await Promise.allSettled(underWay);
    throw error;
  }
}

class StagedUpload implements StagedObject {
  private state: 'staged' | 'published' | 'discarded' = 'staged';

  constructor(
    readonly key: string,
    readonly bytes: number,
    readonly sha256: string,
    private readonly upload: PartUpload,
  ) {}

  async publish(): Promise<void> {
    if (this.state !== 'staged') throw new Error(`The file was ${this.state} before.`);
    await this.upload.complete(this.bytes);
    this.state = 'published';
  }

  async discard(): Promise<void> {
    if (this.state !== 'staged') return;
    await this.upload.abort();
    this.state = 'discarded';
  }
}

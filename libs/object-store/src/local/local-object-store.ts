import { SluiceError } from '@sluice/contracts';
import { FileHandle, open, readdir, rename, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { addAbortSignal, Readable } from 'node:stream';
import { folderPrefix, parseObjectKey } from '../object-key.js';
import {
  ByteRange,
  ObjectInventory,
  ObjectPage,
  ObjectStore,
  ProbedStore,
  StagedObject,
} from '../object-store.js';
import { alreadyPublished } from '../remote/store-fault.js';
import { BatchWriter } from './batch-writer.js';
import { ChunkSealer } from './chunk-sealer.js';
import { ClearStream } from './clear-stream.js';
import { exists, isMissing, makeFolders, syncFolder } from './durable-fs.js';
import { KeyRing } from './key-ring.js';
import { SealedFile } from './sealed-file.js';
import { StagingArea } from './staging-area.js';
import { listFiles } from './stored-files.js';

export interface LocalObjectStoreOptions {
  /** Made when it is not there; it and all in it belong to the service's user alone. */
  readonly folder: string;
  /** Master key that seals new files, 32 bytes. */
  readonly key: Buffer;
  /** Master keys of before, 32 bytes each: what they sealed can still be read. */
  readonly oldKeys?: readonly Buffer[];
  /**
   * Age in ms from which a staged file that nobody writes to is a dead process's leftover, removed by `open`. 24 hours by
   * default, for a folder that several processes share; 0 for a folder that only this process writes to.
   */
  readonly staleAfterMs?: number;
}

const DAY_MS = 86_400_000;

/** Keeps files in a local folder, encrypted and authenticated by chunk; see `file-format.ts`. */
export class LocalObjectStore implements ObjectStore, ObjectInventory, ProbedStore {
  private constructor(
    private readonly keys: KeyRing,
    private readonly objects: string,
    private readonly staging: StagingArea,
  ) {}

  /** Opens the folder. Throws a RangeError for a key of another length, and the system's error for a folder that cannot be used. */
  static async open({
    folder,
    key,
    oldKeys = [],
    staleAfterMs = DAY_MS,
  }: LocalObjectStoreOptions): Promise<LocalObjectStore> {
    const keys = new KeyRing(key, oldKeys);
    const root = await makeFolders(path.dirname(path.resolve(folder)), [path.basename(path.resolve(folder))]);
    const objects = await makeFolders(root, ['objects']);
    return new LocalObjectStore(keys, objects, await StagingArea.open(root, staleAfterMs));
  }

  async stage(key: string, source: Readable, signal: AbortSignal): Promise<StagedObject> {
    try {
      signal.throwIfAborted();
      // Before anything is waited for: a source that fails meanwhile needs somebody who listens.
      const clear: AsyncIterable<Uint8Array> = addAbortSignal(signal, source);
      parseObjectKey(key);
      const { file, handle } = await this.staging.create();
      const discard = (): Promise<void> => rm(file, { force: true });
      try {
        const sealed = await this.seal(key, clear, handle);
        return { key, ...sealed, publish: () => this.publish(file, key), discard };
      } catch (error) {
        await discard();
        throw error;
      }
    } catch (error) {
      source.destroy();
      signal.throwIfAborted();
      throw error;
    }
  }

  /** Writes the whole file and makes it durable; closes the handle in any case. */
  private async seal(
    key: string,
    clear: AsyncIterable<Uint8Array>,
    handle: FileHandle,
  ): Promise<{ readonly bytes: number; readonly sha256: string }> {
    const writer = new BatchWriter(handle);
    try {
      const sealer = new ChunkSealer(this.keys.newest, key);
      // A copy: the sealer goes on using its own.
      await writer.write(Buffer.from(sealer.header));
      for await (const piece of clear) {
        for (const sealed of sealer.push(piece)) await writer.write(sealed);
      }
      const { pieces, ...sealed } = sealer.finish();
      for (const last of pieces) await writer.write(last);
      await writer.end();
      await handle.sync();
      return sealed;
    } finally {
      await writer.settled();
      await handle.close();
    }
  }

  async read(key: string, range?: ByteRange): Promise<Readable> {
    const file = await this.openSealed(key);
    try {
      return new ClearStream(file, clip(range, file.clearBytes));
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  async delete(key: string): Promise<void> {
    const file = this.pathOf(key);
    try {
      await rm(file);
      await syncFolder(path.dirname(file));
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
    await this.pruneFolders(file);
  }

  async list(folder: string, from: string | null): Promise<ObjectPage> {
    folderPrefix(folder);
    return listFiles(this.objects, folder, from);
  }

  /** The folder of tenants is short, and a file system that hangs shows here. */
  async probe(): Promise<void> {
    await readdir(this.objects);
  }

  removeStaged(olderThanMs: number): Promise<number> {
    return this.staging.removeStale(olderThanMs);
  }

  /** Not a hard link, which would refuse a taken name by itself but which not every file system has. */
  private async publish(staged: string, key: string): Promise<void> {
    const folder = await makeFolders(this.objects, parseObjectKey(key).slice(0, -1));
    if (await exists(this.pathOf(key))) throw alreadyPublished();
    await rename(staged, this.pathOf(key));
    await syncFolder(folder);
  }

  private async openSealed(key: string): Promise<SealedFile> {
    const handle = await open(this.pathOf(key), 'r').catch((error: unknown) => {
      throw isMissing(error) ? new SluiceError('export-not-found', 'There is no such file.') : error;
    });
    try {
      return await SealedFile.open(handle, this.keys, key);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  private pathOf(key: string): string {
    return path.join(this.objects, ...parseObjectKey(key));
  }

  /** Removes the folders of an attempt and its job once they are empty; a tenant's own folder stays. */
  private async pruneFolders(file: string): Promise<void> {
    const depth = path.relative(this.objects, file).split(path.sep).length - 2;
    let folder = path.dirname(file);
    for (let level = 0; level < depth; level++, folder = path.dirname(folder)) {
      try {
        await rmdir(folder);
      } catch {
        return; // Not empty, or gone already: either way there is nothing to tidy up.
      }
    }
  }
}

/** Cuts a range to the content; null for an empty file read whole. */
function clip(range: ByteRange | undefined, bytes: number): ByteRange | null {
  if (range === undefined) return bytes === 0 ? null : { start: 0, end: bytes - 1 };
  const { start, end } = range;
  const whole = Number.isSafeInteger(start) && Number.isSafeInteger(end);
  if (!whole || start < 0 || start >= bytes || end < start) {
    throw new SluiceError('range-not-satisfiable', `The file has ${bytes} bytes.`);
  }
  return { start, end: Math.min(end, bytes - 1) };
}

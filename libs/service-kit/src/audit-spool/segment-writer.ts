import { FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { newSegmentName, Segment } from './segment-names.js';

export interface SegmentWriterOptions {
  readonly folder: string;
  /** Past this size the next batch goes to a new file. */
  readonly segmentBytes: number;
  /** How far the disk may be behind the operating system, in ms. */
  readonly fsyncMs: number;
  /** Told of a sync that failed in the background. */
  readonly onFault: (error: unknown) => void;
}

/** Appends batches to the newest segment, one call at a time. */
export class SegmentWriter {
  private handle: FileHandle | undefined;
  private name = '';
  private size = 0;
  private sequence = 0;
  private syncTimer: NodeJS.Timeout | undefined;
  /** After a failed sync nobody knows what the disk has: until one works, no batch counts without its own. */
  private mustSync = false;

  constructor(private readonly options: SegmentWriterOptions) {}

  /** What has been written of the newest segment; undefined before the first batch. */
  get current(): Segment | undefined {
    if (this.name === '') return undefined;
    return { name: this.name, path: join(this.options.folder, this.name), size: this.size };
  }

  /**
   * Resolves once the operating system has all of `data`: from then on the death of this process loses nothing. A
   * batch that fails leaves nothing behind.
   */
  async append(data: Buffer): Promise<void> {
    const handle = await this.writable();
    try {
      await handle.appendFile(data);
      if (this.mustSync) await this.sync(handle);
    } catch (error) {
      await this.takeBack(handle);
      throw error;
    }
    this.size += data.length;
    this.syncTimer ??= setTimeout(() => void this.syncInBackground(handle), this.options.fsyncMs);
  }

  async close(): Promise<void> {
    clearTimeout(this.syncTimer);
    this.syncTimer = undefined;
    const handle = this.handle;
    this.handle = undefined;
    if (!handle) return;
    await handle.datasync().finally(() => handle.close());
  }

  private async writable(): Promise<FileHandle> {
    if (this.handle && this.size < this.options.segmentBytes) return this.handle;
    await this.close();
    const name = newSegmentName(this.sequence, Date.now());
    const handle = await open(join(this.options.folder, name), 'ax', 0o600);
    this.sequence += 1;
    Object.assign(this, { handle, name, size: 0 });
    await syncFolder(this.options.folder);
    return handle;
  }

  private async takeBack(handle: FileHandle): Promise<void> {
    try {
      await handle.truncate(this.size);
    } catch (error) {
      // The torn end stays: readers go by `size`, and the next batch starts a new file.
      this.options.onFault(error);
      this.handle = undefined;
      await handle.close().catch(this.options.onFault);
    }
  }

  private async sync(handle: FileHandle): Promise<void> {
    await handle.datasync();
    this.mustSync = false;
  }

  private async syncInBackground(handle: FileHandle): Promise<void> {
    this.syncTimer = undefined;
    try {
      if (handle === this.handle) await this.sync(handle);
    } catch (error) {
      this.mustSync = true;
      this.options.onFault(error);
    }
  }
}

/** A new file's name is safe only once its folder is. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}

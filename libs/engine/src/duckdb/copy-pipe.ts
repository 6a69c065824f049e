import { execFile } from 'node:child_process';
import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';

const MKFIFO_DEADLINE_MS = 5_000;
const FREE_EVERY_MS = 25;
const UTF8_BOM = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * A named pipe between the engine, which writes it like a file, and Node, which reads it as a stream.
 *
 * Besides the reading end it holds a writing end of its own, so the reader sees the end of the stream only when `finish` says so: an
 * engine that breaks off can never look like one that is done. Both ends are opened without blocking, so no thread of the pool waits.
 */
export class CopyPipe {
  readonly stream: Readable;
  private ownWriter: number | null = null;
  private engineIsDone = false;
  private freeing: NodeJS.Timeout | undefined;

  private constructor(
    readonly path: string,
    reader: number,
  ) {
    this.stream = new Socket({ fd: reader, readable: true, writable: false });
    this.stream.once('close', () => {
      this.finish();
      if (!this.engineIsDone) this.freeing = setInterval(() => this.freeEngine(), FREE_EVERY_MS);
    });
  }

  static async create(path: string): Promise<CopyPipe> {
    await promisify(execFile)('mkfifo', ['-m', '600', path], { timeout: MKFIFO_DEADLINE_MS });
    const pipe = new CopyPipe(path, openSync(path, constants.O_RDONLY | constants.O_NONBLOCK));
    try {
      pipe.ownWriter = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
      return pipe;
    } catch (error) {
      pipe.stream.destroy();
      throw error;
    }
  }

  /** Puts the byte order mark before whatever the engine will write. */
  writeBom(): void {
    if (this.ownWriter !== null) writeSync(this.ownWriter, UTF8_BOM);
  }

  /** Lets the reader see the end, after what is still in the pipe. */
  finish(): void {
    if (this.ownWriter === null) return;
    closeSync(this.ownWriter);
    this.ownWriter = null;
  }

  /** To be called when the engine has let go of the pipe, however it ended. */
  engineDone(): void {
    this.engineIsDone = true;
    clearInterval(this.freeing);
  }

  /**
   * An engine blocked in a write comes free by itself once nobody reads: the write fails. One that had not opened the pipe yet waits for
   * a reader, so it is given one for a moment.
   */
  private freeEngine(): void {
    try {
      closeSync(openSync(this.path, constants.O_RDONLY | constants.O_NONBLOCK));
    } catch {
      // Out of file handles, most likely: the next turn tries again, until the engine is done.
    }
  }
}

import { Readable } from 'node:stream';

/** Pieces of a file that are held ready for whoever reads it. */
const READY_BYTES = 256 << 10;

/**
 * A file whose bytes a generator makes, no faster than they are read. Its source is destroyed with it at once: a generator that waits for
 * the source could not be ended before.
 */
export class GeneratedFile extends Readable {
  constructor(
    private readonly parts: AsyncGenerator<Buffer, void, undefined>,
    private readonly source: Readable,
  ) {
    super({ highWaterMark: READY_BYTES });
    source.once('error', (error) => this.destroy(error));
  }

  override _read(): void {
    this.parts.next().then(
      ({ done, value }) => this.push(done === true ? null : value),
      (error: unknown) => this.destroy(error as Error),
    );
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.source.destroy();
    this.parts.return().then(
      () => done(error),
      (fault: unknown) => done(error ?? (fault as Error)),
    );
  }
}

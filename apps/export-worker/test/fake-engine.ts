import { CopyEncoding, EngineCopy, ExportEngine, RunOptions } from '@sluice/engine';
import { Statement } from '@sluice/query-dsl';
import { Readable } from 'node:stream';

export interface FakeCopy {
  readonly content: Readable | Iterable<Buffer> | AsyncIterable<Buffer>;
  /** Rows the engine claims to have made; a promise that rejects is a failed run. */
  readonly rows: Promise<number>;
}

/** Plays the engine: gives out whatever the test prepared, and obeys the signal. */
export class FakeEngine implements ExportEngine {
  readonly statements: Statement[] = [];
  readonly streams: Readable[] = [];
  next: () => FakeCopy = () => csvOf(3);

  async copy(statement: Statement, _: CopyEncoding, { signal }: RunOptions): Promise<EngineCopy> {
    this.statements.push(statement);
    signal.throwIfAborted();
    const { content, rows } = this.next();
    const stream = content instanceof Readable ? content : Readable.from(content, { objectMode: false });
    signal.addEventListener('abort', () => stream.destroy(new Error('stopped')), { once: true });
    this.streams.push(stream);
    return { dataVersion: 'data-1', stream, rows };
  }
}

/** A whole file of so many rows. */
export function csvOf(rows: number): FakeCopy {
  const lines = Array.from({ length: rows }, (_, i) => `${String(i)},"a ""quoted""\r\nname"\r\n`);
  return { content: [Buffer.from(`id,name\r\n${lines.join('')}`)], rows: Promise.resolve(rows) };
}

/** Gives some rows and then waits for ever, unless it is stopped. */
export function endlessCsv(): FakeCopy {
  const content = new Readable({ read: () => undefined });
  content.push('id,name\r\n1,a\r\n2,b\r\n');
  return { content, rows: new Promise(() => undefined) };
}

/** Breaks off midway. */
export function failingCsv(error: Error): FakeCopy {
  function* content(): Generator<Buffer> {
    yield Buffer.alloc(200_000, 'id,name\r\n');
    throw error;
  }
  const rows = Promise.reject(error);
  rows.catch(() => undefined);
  return { content: content(), rows };
}

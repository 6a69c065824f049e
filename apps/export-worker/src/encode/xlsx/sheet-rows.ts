import { SluiceError } from '@sluice/contracts';
import { XLSX_LIMITS } from '@sluice/query-dsl';
import { Readable } from 'node:stream';

const LINE_FEED = 0x0a;
const FIRST_ROW = Buffer.from('<row r="2">');

/** The rows of a workbook as the engine makes them, one a line, dealt out sheet by sheet and counted on the way. */
export class SheetRows {
  private rows = 0;
  private readonly source: AsyncIterator<Buffer>;
  /** Read, but not dealt out yet. */
  private held: Buffer = Buffer.alloc(0);
  private ended = false;
  private endsInRow = false;

  constructor(
    lines: Readable,
    private readonly rowsPerSheet: number = XLSX_LIMITS.rowsPerSheet,
  ) {
    this.source = lines[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  /** Rows dealt out so far. */
  get count(): number {
    return this.rows;
  }

  /** Whether all has been dealt out, the last row to its end, and was that many rows. */
  isWhole(rows: number): boolean {
    return this.ended && this.held.length === 0 && !this.endsInRow && this.rows === rows;
  }

  /** Waits until `bytes` are there, or all there are, and leaves them there. */
  async peek(bytes: number): Promise<Buffer> {
    const pieces = [this.held];
    let length = this.held.length;
    while (!this.ended && length < bytes) {
      const next = await this.source.next();
      if (next.done === true) this.ended = true;
      else {
        pieces.push(next.value);
        length += next.value.length;
      }
    }
    if (pieces.length > 1) this.held = Buffer.concat(pieces, length);
    return this.held;
  }

  /** The rows of the next sheet; empty when there are none left. */
  async *nextSheet(): AsyncGenerator<Buffer, void, undefined> {
    let left = this.rowsPerSheet;
    await this.checkNumbering();
    while (left > 0) {
      const bytes = await this.peek(1);
      if (bytes.length === 0) return;
      const { rows, end } = linesIn(bytes, left);
      left -= rows;
      this.rows += rows;
      this.held = bytes.subarray(end);
      this.endsInRow = bytes[end - 1] !== LINE_FEED;
      yield bytes.subarray(0, end);
    }
  }

  /** Rows carry their numbers: a sheet that begins with another than the first would be a damaged file. */
  private async checkNumbering(): Promise<void> {
    const start = (await this.peek(FIRST_ROW.length)).subarray(0, FIRST_ROW.length);
    if (start.length === 0 || start.equals(FIRST_ROW)) return;
    throw new SluiceError('export-incomplete', 'A sheet does not begin with its first row.');
  }
}

/**
 * Lines that end in `bytes`, at most `most`, and where the last of them ends; the bytes' end where fewer do. `indexOf` takes rows of
 * some hundred bytes far faster than a look at each byte.
 */
function linesIn(bytes: Buffer, most: number): { readonly rows: number; readonly end: number } {
  let [rows, end] = [0, 0];
  while (rows < most) {
    const at = bytes.indexOf(LINE_FEED, end);
    if (at < 0) return { rows, end: bytes.length };
    rows += 1;
    end = at + 1;
  }
  return { rows, end };
}

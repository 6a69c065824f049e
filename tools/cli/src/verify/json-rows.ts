import { Readable } from 'node:stream';

const byteOf = (sign: string): number => sign.charCodeAt(0);
const [QUOTE, ESCAPE, COMMA, LINE_FEED] = ['"', '\\', ',', '\n'].map(byteOf);
const OPENING: ReadonlySet<number> = new Set(['{', '['].map(byteOf));
const CLOSING: ReadonlySet<number> = new Set(['}', ']'].map(byteOf));
const BLANK: ReadonlySet<number> = new Set([' ', '\t', '\r', '\n'].map(byteOf));

/** Rows, objects or arrays, of one JSON array. Throws where it is none, or not whole. */
export const jsonArrayRows = (content: Readable): Promise<number> => rowsIn(content, new RowScanner(1));

/** Rows, objects or arrays, of a file with one a line. */
export const jsonLineRows = (content: Readable): Promise<number> => rowsIn(content, new RowScanner(0));

async function rowsIn(content: Readable, scanner: RowScanner): Promise<number> {
  for await (const piece of content as AsyncIterable<Buffer>) scanner.push(piece);
  return scanner.end();
}

/**
 * Follows brackets and strings, and nothing else of what is in a row: what stands between two rows must be as JSON has it. Signs are
 * told by bytes, since none of them occurs within another character of UTF-8.
 */
class RowScanner {
  private rows = 0;
  private depth = 0;
  private isText = false;
  private isEscaped = false;
  /** Whether a row may come next, which in an array is so at its start and behind a comma. */
  private isDue = true;
  private isOver = false;

  /** @param level brackets around a row: 1 in an array, 0 in lines */
  constructor(private readonly level: 0 | 1) {}

  push(bytes: Buffer): void {
    for (const byte of bytes) {
      if (this.isText) this.passText(byte);
      else if (this.depth > this.level) this.passInside(byte);
      else this.passBetween(byte);
    }
  }

  end(): number {
    if (this.isText || this.depth > 0 || (this.level === 1 && !this.isOver)) throw new Error('it was cut');
    return this.rows;
  }

  private passText(byte: number): void {
    if (this.isEscaped) this.isEscaped = false;
    else if (byte === ESCAPE) this.isEscaped = true;
    else if (byte === QUOTE) this.isText = false;
  }

  private passInside(byte: number): void {
    if (byte === QUOTE) this.isText = true;
    else if (OPENING.has(byte)) this.depth += 1;
    else if (CLOSING.has(byte)) this.depth -= 1;
    if (this.depth === this.level) this.rows += 1;
  }

  private passBetween(byte: number): void {
    if (this.depth < this.level) this.passOutside(byte);
    else if (OPENING.has(byte) && this.isDue) [this.depth, this.isDue] = [this.depth + 1, false];
    else if (byte === (this.level === 1 ? COMMA : LINE_FEED) && !this.isDue) this.isDue = true;
    else if (this.level === 1 && byte === byteOf(']') && this.isDue === (this.rows === 0)) this.close();
    else if (!BLANK.has(byte)) throw this.unexpected(byte);
  }

  /** Before and behind the array. */
  private passOutside(byte: number): void {
    if (byte === byteOf('[') && !this.isOver) this.depth = 1;
    else if (!BLANK.has(byte)) throw this.unexpected(byte);
  }

  private close(): void {
    [this.depth, this.isOver] = [0, true];
  }

  private unexpected(byte: number): Error {
    return new Error(
      `${JSON.stringify(String.fromCharCode(byte))} stands behind row ${String(this.rows)}, where JSON has none`,
    );
  }
}

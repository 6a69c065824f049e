import { FIELD_SIGNS } from '@sluice/query-dsl';

const LINE_FEED = 0x0a;
const NOTHING = Buffer.alloc(0);

/** Makes rows of fields of the engine's lines (`compileFieldsExport`), however the bytes are cut. */
export class FieldLines {
  private rest: Buffer = NOTHING;

  /** Whether the last line has ended. */
  get isComplete(): boolean {
    return this.rest.length === 0;
  }

  /** The rows that are whole now. Nothing of `bytes` is kept. */
  push(bytes: Buffer): readonly (readonly string[])[] {
    const [first, last] = [bytes.indexOf(LINE_FEED), bytes.lastIndexOf(LINE_FEED)];
    if (first < 0) {
      this.rest = Buffer.concat([this.rest, bytes]);
      return [];
    }
    // Decoded line by line or more at once: a line feed is never part of another character of UTF-8.
    const begun = Buffer.concat([this.rest, bytes.subarray(0, first)]).toString();
    const others = first < last ? bytes.toString('utf8', first + 1, last).split('\n') : [];
    this.rest = Buffer.from(bytes.subarray(last + 1));
    return [begun, ...others].map((line) => line.split(FIELD_SIGNS.separator));
  }
}

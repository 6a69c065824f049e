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

  /** The rows that are whole now. */
  push(bytes: Buffer): readonly (readonly string[])[] {
    const end = bytes.lastIndexOf(LINE_FEED);
    if (end < 0) {
      this.rest = Buffer.concat([this.rest, bytes]);
      return [];
    }
    // Decoded at once: a line feed is never part of another character of UTF-8.
    const whole =
      this.rest.length > 0 ? Buffer.concat([this.rest, bytes.subarray(0, end)]) : bytes.subarray(0, end);
    const text = whole.toString();
    this.rest = Buffer.from(bytes.subarray(end + 1));
    return text.split('\n').map((line) => line.split(FIELD_SIGNS.separator));
  }
}

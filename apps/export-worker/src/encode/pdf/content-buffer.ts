const FIRST_SIZE = 64 << 10;
/** Sign, digits, point and blank of any number that is safe. */
const MOST_DIGITS = 20;
const [BLANK, MINUS, POINT, ZERO] = [0x20, 0x2d, 0x2e, 0x30];

/** Bytes of a content stream (ISO 32000-1, 7.8.2) in the making, in a buffer that is used again and again. */
export class ContentBuffer {
  private bytes = Buffer.allocUnsafe(FIRST_SIZE);
  private length = 0;

  /** Operators and names; ASCII only. A loop, since most are short: a call of the runtime's writer takes three times as long for them. */
  write(text: string): this {
    const { length } = text;
    this.reserve(length);
    for (let at = 0; at < length; at++) this.bytes[this.length + at] = text.charCodeAt(at);
    this.length += length;
    return this;
  }

  /** A number and a blank, rounded to hundredths of a point. */
  number(value: number): this {
    return this.hundredths(Math.round(value * 100));
  }

  /** A whole number of hundredths as a decimal number, and a blank. */
  hundredths(value: number): this {
    this.reserve(MOST_DIGITS);
    if (value < 0) this.bytes[this.length++] = MINUS;
    const size = Math.abs(value);
    const whole = Math.trunc(size / 100);
    this.digits(whole);
    const fraction = size - whole * 100;
    if (fraction > 0) {
      const tenths = Math.trunc(fraction / 10);
      this.bytes[this.length++] = POINT;
      this.bytes[this.length++] = ZERO + tenths;
      if (fraction > tenths * 10) this.bytes[this.length++] = ZERO + fraction - tenths * 10;
    }
    this.bytes[this.length++] = BLANK;
    return this;
  }

  /** A rectangle, from its lower left corner. */
  rectangle(left: number, bottom: number, width: number, height: number): this {
    return this.number(left).number(bottom).number(width).number(height).write('re\n');
  }

  /** A level line. */
  line(left: number, right: number, base: number): this {
    return this.number(left).number(base).write('m ').number(right).number(base).write('l\n');
  }

  /** Numbers of two bytes each, the higher one first. */
  pairs(values: readonly number[]): this {
    this.reserve(2 * values.length);
    for (const value of values) {
      this.bytes[this.length++] = value >> 8;
      this.bytes[this.length++] = value & 0xff;
    }
    return this;
  }

  /** The number that `table` has for each code unit of a text, as `pairs`; false, and nothing written, when it has 0 for one of them. */
  mapped(text: string, table: Uint16Array): boolean {
    this.reserve(2 * text.length);
    let at = this.length;
    for (let index = 0; index < text.length; index++) {
      const value = table[text.charCodeAt(index)] ?? 0;
      if (value === 0) return false;
      this.bytes[at] = value >> 8;
      this.bytes[at + 1] = value & 0xff;
      at += 2;
    }
    this.length = at;
    return true;
  }

  append(other: ContentBuffer): this {
    this.reserve(other.length);
    this.length += other.bytes.copy(this.bytes, this.length, 0, other.length);
    return this;
  }

  /** What was written; the buffer begins anew, in the same memory: whoever wants to keep the bytes has to copy them. */
  take(): Buffer {
    const taken = this.bytes.subarray(0, this.length);
    this.clear();
    return taken;
  }

  clear(): void {
    this.length = 0;
  }

  private digits(value: number): void {
    if (value >= 10) this.digits(Math.trunc(value / 10));
    this.bytes[this.length++] = ZERO + (value % 10);
  }

  private reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.length + more));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }
}

const QUOTE = 0x22;
const LINE_FEED = 0x0a;

/**
 * Counts the records of a CSV file (RFC 4180) as its bytes go by. A line break inside quotes ends no record; a doubled
 * quote closes and opens again, so it needs no care of its own. Bytes are enough: neither sign occurs within another
 * character of UTF-8.
 *
 * Searching for the two signs beats looking at each byte where lines are long, and costs the same at 80 bytes a line.
 */
export class RecordCounter {
  private ended = 0;
  private quoted = false;
  private open = false;

  /** Records so far; the last one counts even without a line break. */
  get records(): number {
    return this.ended + (this.open ? 1 : 0);
  }

  /** False while a quote is open: a file that ends so was cut. */
  get balanced(): boolean {
    return !this.quoted;
  }

  push(bytes: Buffer): void {
    let at = 0;
    let quote = bytes.indexOf(QUOTE);
    while (at < bytes.length) {
      if (this.quoted) {
        if (quote < 0) return;
        at = quote + 1;
        this.quoted = false;
      } else {
        at = this.countLines(bytes, at, quote < 0 ? bytes.length : quote);
        if (quote < 0) return;
        at = quote + 1;
        this.quoted = true;
        this.open = true;
      }
      quote = bytes.indexOf(QUOTE, at);
    }
  }

  /** Counts the line breaks of an unquoted stretch; gives back its end. */
  private countLines(bytes: Buffer, start: number, end: number): number {
    let at = start;
    for (
      let line = bytes.indexOf(LINE_FEED, at);
      line >= 0 && line < end;
      line = bytes.indexOf(LINE_FEED, at)
    ) {
      this.ended += 1;
      this.open = false;
      at = line + 1;
    }
    if (at < end) this.open = true;
    return end;
  }
}

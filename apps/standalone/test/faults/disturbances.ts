/** From when to when, ms since 1970. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** When those were ended by force who take part in answers to callers: what was under way then may be done and recorded again. */
export class Disturbances {
  private readonly spans: Span[] = [];

  /** It came at some moment of the span. */
  note(span: Span): void {
    this.spans.push(span);
  }

  /** Whether an answer that was under way for that long may have been disturbed. */
  meet({ from, to }: Span): boolean {
    return this.spans.some((span) => span.from <= to && span.to >= from);
  }
}

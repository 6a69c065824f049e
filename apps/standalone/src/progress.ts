/** Tells a person what takes a while: one line that is rewritten on a terminal, a line a step elsewhere. */
export class Progress {
  private open = '';

  constructor(private readonly out: { readonly isTTY?: boolean; write(text: string): unknown }) {}

  /** A finished step. */
  line(text: string): void {
    this.clear();
    this.out.write(`${text}\n`);
  }

  /** How far a running step is. `step` is said once where lines cannot be rewritten. */
  update(step: string, detail: string): void {
    if (this.out.isTTY === true) {
      this.out.write(`\r\u001b[2K${step} ${detail}`);
    } else if (this.open !== step) {
      this.out.write(`${step} …\n`);
    }
    this.open = step;
  }

  private clear(): void {
    if (this.out.isTTY === true && this.open !== '') this.out.write('\r\u001b[2K');
    this.open = '';
  }
}

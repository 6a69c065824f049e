/** What was opened, to be closed in the opposite order: also when the start fails half way. */
export class Cleanup {
  private readonly steps: { readonly name: string; readonly close: () => Promise<void> }[] = [];

  /** @param onError is told what a step threw; the others run all the same */
  constructor(private readonly onError: (name: string, error: unknown) => void) {}

  add(name: string, close: () => Promise<void>): void {
    this.steps.push({ name, close });
  }

  async run(): Promise<void> {
    for (let step = this.steps.pop(); step; step = this.steps.pop()) {
      try {
        await step.close();
      } catch (error) {
        this.onError(step.name, error);
      }
    }
  }
}

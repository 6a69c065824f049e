import { readinessOf, type RunningApp } from '@sluice/service-kit';

const FRESH_MS = 1_000;

/** Asks what is not ready at most once a second: the route is open to everybody, and each look costs a round trip. */
export class Readiness {
  private ending = false;
  private asked: { readonly at: number; readonly answer: Promise<readonly string[]> } | undefined;

  constructor(
    private readonly parts: Pick<RunningApp, 'name' | 'notReady'>,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** From now on the gateway is not ready, so that no new caller is sent to it. */
  drain(): void {
    this.ending = true;
  }

  get draining(): boolean {
    return this.ending;
  }

  async notReady(): Promise<readonly string[]> {
    if (this.ending) return [this.parts.name];
    if (this.asked === undefined || this.now() - this.asked.at > FRESH_MS) {
      this.asked = { at: this.now(), answer: readinessOf(this.parts) };
    }
    return this.asked.answer;
  }
}

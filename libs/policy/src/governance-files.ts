import { Governance } from './plan-query.js';

/** Keeps the governance that is in force, and takes up a changed one (SPEC P6). */
export class GovernanceFiles {
  private lastRefusal = '';

  private constructor(
    private governance: Governance,
    private readonly load: () => Promise<Governance>,
    private readonly onRefused: (error: unknown) => void,
  ) {}

  /** Rejects when the first load fails: without rules nothing may run. */
  static async open(
    load: () => Promise<Governance>,
    onRefused: (error: unknown) => void,
  ): Promise<GovernanceFiles> {
    return new GovernanceFiles(await load(), load, onRefused);
  }

  current(): Governance {
    return this.governance;
  }

  /** Loads again; a bad file is reported once and the old governance kept. To be called in a bounded loop by the app. */
  async refresh(): Promise<void> {
    try {
      this.governance = await this.load();
      this.lastRefusal = '';
    } catch (error) {
      if (String(error) !== this.lastRefusal) this.onRefused(error);
      this.lastRefusal = String(error);
    }
  }
}

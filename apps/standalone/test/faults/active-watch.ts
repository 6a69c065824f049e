import { DataSource } from 'typeorm';
import { setTimeout as sleep } from 'node:timers/promises';

const EVERY_MS = 40;

/** Looks again and again how many jobs of each tenant run at once, each time in one snapshot of the database. */
export class ActiveWatch {
  /** The most that were seen of any tenant. */
  most = 0;
  looks = 0;
  private closed = false;
  private readonly running: Promise<void>;

  constructor(private readonly database: DataSource) {
    this.running = this.run();
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.closed) {
      // While the server is away nothing can be seen, and no job can become active.
      const rows = await this.look().catch(() => []);
      this.most = Math.max(this.most, ...rows.map(({ active }) => active));
      await sleep(EVERY_MS);
    }
  }

  private async look(): Promise<readonly { active: number }[]> {
    const rows = await this.database.query<{ active: number }[]>(
      `select count(*)::int as active from export_job where state = 'Running' group by tenant`,
    );
    this.looks += 1;
    return rows;
  }
}

import { Logger, Loop } from '@sluice/service-kit';
import { FileTidier } from './file-tidier.js';
import { JobSweeper } from './job-sweeper.js';
import { OutboxRelay } from './outbox-relay.js';

/** What the orchestrator does without being asked; each part runs on its own, and a fault of one holds up no other. */
export class BackgroundWork {
  private readonly relay: Loop;
  private readonly tidier: Loop;
  private readonly sweeper: Loop;

  constructor(
    work: { readonly relay: OutboxRelay; readonly tidier: FileTidier; readonly sweeper: JobSweeper },
    settings: { readonly relayEveryMs: number; readonly sweepEveryMs: number },
    logger: Logger,
  ) {
    const told = (what: string) => (err: unknown) => {
      logger.warn({ err }, `${what} failed; the next round comes`);
    };
    this.relay = new Loop(() => work.relay.run(), settings.relayEveryMs, told('outbox relay'));
    this.tidier = new Loop(() => work.tidier.run(), settings.sweepEveryMs, told('file tidier'));
    this.sweeper = new Loop(
      async () => {
        if (await work.sweeper.run()) this.relayNow();
      },
      settings.sweepEveryMs,
      told('job sweeper'),
    );
  }

  start(): void {
    for (const loop of this.loops()) loop.start();
  }

  relayNow(): void {
    this.relay.wake();
  }

  tidyNow(): void {
    this.tidier.wake();
  }

  async close(): Promise<void> {
    await Promise.all(this.loops().map((loop) => loop.close()));
  }

  private loops(): readonly Loop[] {
    return [this.relay, this.tidier, this.sweeper];
  }
}

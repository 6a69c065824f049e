import { Logger, Loop } from '@sluice/service-kit';
import { FileTidier } from './file-tidier.js';
import { JobSweeper } from './job-sweeper.js';
import { OutboxRelay } from './outbox-relay.js';
import { StoreReaper } from './store-reaper.js';

export interface BackgroundParts {
  /** Wakes workers. */
  readonly relay: Pick<OutboxRelay<unknown>, 'run'>;
  /** Carries records to the audit trail. */
  readonly recorder: Pick<OutboxRelay<unknown>, 'run'>;
  readonly tidier: FileTidier;
  readonly sweeper: JobSweeper;
  readonly reaper: StoreReaper;
}

/** What the orchestrator does without being asked; each part runs on its own, and a fault of one holds up no other. */
export class BackgroundWork {
  private readonly relay: Loop;
  private readonly recorder: Loop;
  private readonly tidier: Loop;
  private readonly sweeper: Loop;
  private readonly reaper: Loop;

  constructor(
    work: BackgroundParts,
    settings: { readonly relayEveryMs: number; readonly sweepEveryMs: number; readonly reapEveryMs: number },
    logger: Logger,
  ) {
    const told = (what: string) => (err: unknown) => {
      logger.warn({ err }, `${what} failed; the next round comes`);
    };
    this.relay = new Loop(() => work.relay.run(), settings.relayEveryMs, told('outbox relay'));
    this.recorder = new Loop(() => work.recorder.run(), settings.relayEveryMs, told('audit relay'));
    this.tidier = new Loop(() => work.tidier.run(), settings.sweepEveryMs, told('file tidier'));
    this.sweeper = new Loop(
      async () => {
        if (await work.sweeper.run()) this.relayNow();
      },
      settings.sweepEveryMs,
      told('job sweeper'),
    );
    this.reaper = new Loop(() => work.reaper.run(), settings.reapEveryMs, told('store reaper'));
  }

  start(): void {
    for (const loop of this.loops()) loop.start();
  }

  relayNow(): void {
    this.relay.wake();
    this.recorder.wake();
  }

  tidyNow(): void {
    this.tidier.wake();
  }

  async close(): Promise<void> {
    await Promise.all(this.loops().map((loop) => loop.close()));
  }

  private loops(): readonly Loop[] {
    return [this.relay, this.recorder, this.tidier, this.sweeper, this.reaper];
  }
}

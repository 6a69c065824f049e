import { World } from '../world.js';
import { Exchange } from './exchange.js';
import { ExportClient } from './export-client.js';
import { FollowedJob } from './follow-job.js';
import { LoadLog } from './load-log.js';
import { LoadPlan, STEADY } from './load-plan.js';
import { QueryClient } from './query-client.js';

/** Clients of each tenant that ask at a steady rate, each at most one thing at a time, and judge every answer. */
export class SteadyLoad {
  private constructor(
    private readonly log: LoadLog,
    private readonly exporters: readonly ExportClient[],
    private readonly running: Promise<unknown>,
  ) {}

  static async start(world: World, plan: LoadPlan = STEADY): Promise<SteadyLoad> {
    const log = new LoadLog();
    const callers = Object.values(world.callers);
    await Promise.all(callers.map((caller) => caller.renewToken()));
    const exporters = callers.map((caller) => new ExportClient(caller, plan, log));
    const queriers = callers.flatMap((caller) =>
      Array.from({ length: plan.queryClients }, () => new QueryClient(caller, plan, log)),
    );
    const running = Promise.all([...exporters, ...queriers].map((client) => client.run()));
    // Whoever stops the load is told; until then nobody waits for it.
    running.catch(() => log.end());
    return new SteadyLoad(log, exporters, running);
  }

  get exchanges(): readonly Exchange[] {
    return this.log.exchanges;
  }

  get jobs(): readonly FollowedJob[] {
    return this.exporters.flatMap(({ jobs }) => jobs);
  }

  /** Resolves once everything under way has come to its end. */
  async stop(): Promise<void> {
    this.log.end();
    await this.running;
  }
}

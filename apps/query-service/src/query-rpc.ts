import { datasetsDescribe, datasetsList, queryCheck, queryExplain, queryRun } from '@sluice/contracts';
import { MessageBus } from '@sluice/messaging';
import { DescribeDatasetsUseCase } from './datasets/describe-datasets.js';
import { ExplainQueryUseCase } from './explain/explain-query.js';
import { CheckQueryUseCase } from './page/check-query.js';
import { RunQueryUseCase } from './page/run-query.js';

export interface UseCases {
  readonly runQuery: RunQueryUseCase;
  readonly explainQuery: ExplainQueryUseCase;
  readonly checkQuery: CheckQueryUseCase;
  readonly datasets: DescribeDatasetsUseCase;
}

/**
 * Far more than the engine runs and lets wait: its line is fair between tenants and refuses what is too much, the broker's queue is neither. What is
 * answered from the cache needs places too.
 */
const PAGES_AT_ONCE = 1_024;

/** Binds the service's requests to their use cases. */
export class QueryRpc {
  constructor(
    private readonly bus: MessageBus,
    private readonly useCases: UseCases,
  ) {}

  async serve(): Promise<void> {
    const { runQuery, explainQuery, checkQuery, datasets } = this.useCases;
    await this.bus.handle(queryRun, (request, { signal }) => runQuery.run(request, signal), {
      concurrency: PAGES_AT_ONCE,
    });
    await this.bus.handle(queryExplain, (request, { signal }) => explainQuery.explain(request, signal));
    await this.bus.handle(queryCheck, (request, { signal }) => checkQuery.check(request, signal));
    await this.bus.handle(datasetsList, async ({ principal }) => datasets.list(principal));
    await this.bus.handle(datasetsDescribe, async ({ principal, name }) =>
      datasets.describe(principal, name),
    );
  }
}

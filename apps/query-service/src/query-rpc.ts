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

/** Binds the service's requests to their use cases. */
export class QueryRpc {
  constructor(
    private readonly bus: MessageBus,
    private readonly useCases: UseCases,
  ) {}

  async serve(): Promise<void> {
    const { runQuery, explainQuery, checkQuery, datasets } = this.useCases;
    await this.bus.handle(queryRun, (request, { signal }) => runQuery.run(request, signal), {
      concurrency: 256,
    });
    await this.bus.handle(queryExplain, (request, { signal }) => explainQuery.explain(request, signal));
    await this.bus.handle(queryCheck, (request, { signal }) => checkQuery.check(request, signal));
    await this.bus.handle(datasetsList, async ({ principal }) => datasets.list(principal));
    await this.bus.handle(datasetsDescribe, async ({ principal, name }) =>
      datasets.describe(principal, name),
    );
  }
}

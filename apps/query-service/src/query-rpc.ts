import { datasetsDescribe, datasetsList, queryCheck, queryRun } from '@sluice/contracts';
import { MessageBus } from '@sluice/messaging';
import { DescribeDatasetsUseCase } from './datasets/describe-datasets.js';
import { CheckQueryUseCase } from './page/check-query.js';
import { RunQueryUseCase } from './page/run-query.js';

/** Binds the service's requests to their use cases. */
export class QueryRpc {
  constructor(
    private readonly bus: MessageBus,
    private readonly runQuery: RunQueryUseCase,
    private readonly checkQuery: CheckQueryUseCase,
    private readonly datasets: DescribeDatasetsUseCase,
  ) {}

  async serve(): Promise<void> {
    await this.bus.handle(queryRun, (request, { signal }) => this.runQuery.run(request, signal), {
      concurrency: 256,
    });
    await this.bus.handle(queryCheck, async (request) => this.checkQuery.check(request));
    await this.bus.handle(datasetsList, async ({ principal }) => this.datasets.list(principal));
    await this.bus.handle(datasetsDescribe, async ({ principal, name }) =>
      this.datasets.describe(principal, name),
    );
  }
}

import { BusEnds, BusHarness, BusObservations } from './bus-harness.js';
import { describeChecks } from './describe-checks.js';
import { describeEvents } from './describe-events.js';
import { describeRequests } from './describe-requests.js';
import { describeRetries } from './describe-retries.js';

/** What every adapter of the bus must keep to. */
export function describeMessageBus(name: string, harness: BusHarness): void {
  describe(`MessageBus: ${name}`, () => {
    const ends = {} as BusEnds;

    beforeEach(async () => {
      ends.observations = new BusObservations();
      Object.assign(ends, await harness.open(ends.observations));
    });

    afterEach(async () => {
      await ends.asker.close(2_000);
      await ends.server.close(2_000);
    });

    describeRequests(ends);
    describeEvents(ends);
    describeRetries(ends);
    describeChecks(ends);
  });
}

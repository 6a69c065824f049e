import { BusObserver } from '../faults.js';
import { RunningWork } from './running-work.js';
import { Sealer } from './sealer.js';

/** What every consumer of a bus works with. */
export interface ConsumerParts {
  readonly work: RunningWork;
  readonly observer: BusObserver;
  readonly sealer: Sealer;
}

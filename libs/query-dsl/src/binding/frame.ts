import { Clock } from './clock.js';
import { Scope } from './scope.js';

/** What every expression of one query is bound in. */
export interface Frame {
  readonly scope: Scope;
  /** IANA name. */
  readonly timezone: string;
  readonly clock: Clock;
}

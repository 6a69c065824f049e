import { Principal } from '@sluice/contracts';
import { GovernedQuery } from '@sluice/query-dsl';
import { Governance } from '@sluice/policy';
import { LRUCache } from 'lru-cache';
import { PlanIdentity } from './plan-identity.js';

/** Longer requests are planned each time: what is remembered must stay small. */
const LONGEST_KEY = 8_192;
const REMEMBERED = 500;

/** What a plan is made from; two plans that agree in all of it are the same. */
export interface PlanQuestion {
  readonly principal: Principal;
  readonly body: unknown;
  readonly purpose: string;
  readonly pointer: string;
  readonly form: string;
  readonly dataVersion: string;
  /** Stands for the time in the identity: it changes twice a day. */
  readonly period: number;
}

export interface RememberedPlan {
  readonly query: GovernedQuery;
  readonly identity: PlanIdentity;
}

/**
 * Plans that were made a moment ago. A dashboard asks the same again and again, and reading, binding and hashing a query costs more than
 * finding its answer in the cache. Only what does not hang on the clock is remembered, and nothing past a change of catalogue or policy.
 */
export class PlanMemo {
  readonly #plans = new LRUCache<string, RememberedPlan>({ max: REMEMBERED });
  #rules = '';

  /**
   * The plan, if it was made under the same rules; else what `make` makes, which is remembered unless it throws. By their versions,
   * which are hashes of what they say: the files are read anew every second, and mostly say what they said.
   */
  find(question: PlanQuestion, governance: Governance, make: () => RememberedPlan): RememberedPlan {
    const { catalog, policy, maskKey } = governance;
    const rules = `${catalog.version} ${policy.version} ${maskKey?.fingerprint ?? ''}`;
    if (rules !== this.#rules) {
      this.#plans.clear();
      this.#rules = rules;
    }
    const key = JSON.stringify(question);
    if (key.length > LONGEST_KEY) return make();
    const known = this.#plans.get(key);
    if (known) return known;
    const made = make();
    if (made.query.asOf === null) this.#plans.set(key, made);
    return made;
  }
}

import { Load, measure, Measurement } from './measure.js';

export type Ask = (client: number, turn: number) => Promise<void>;

/** Both sides of one comparison, round by round. */
export interface Comparison {
  readonly name: string;
  /** What the ratio is of: answers a second, or the median time of one. */
  readonly of: 'rate' | 'p50';
  readonly rounds: readonly { readonly service: Measurement; readonly baseline: Measurement }[];
}

const LOAD: Load = { clients: 16, seconds: 5 };
const WARM_UP: Load = { clients: 16, seconds: 2 };
const ROUNDS = 4;

/** The sides never run at once, but round by round, so that whatever else the machine does meets both. */
export async function inTurns(
  name: string,
  of: Comparison['of'],
  service: Ask,
  baseline: Ask,
): Promise<Comparison> {
  await measure(WARM_UP, service);
  await measure(WARM_UP, baseline);
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) {
    rounds.push({ service: await measure(LOAD, service), baseline: await measure(LOAD, baseline) });
  }
  return { name, of, rounds };
}

/** Median, lowest and highest ratio of service to baseline. */
export function ratiosOf({ of, rounds }: Comparison): readonly [median: number, low: number, high: number] {
  const ratios = rounds.map(({ service, baseline }) => service[of] / baseline[of]).sort((a, b) => a - b);
  const at = (share: number): number => ratios[Math.floor((ratios.length - 1) * share)] ?? Number.NaN;
  return [at(0.5), at(0), at(1)];
}

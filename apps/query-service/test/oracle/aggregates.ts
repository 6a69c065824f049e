import { Node } from './tree.js';
import { Value } from './types.js';
import { compareValues, convertValue, identityOf } from './values.js';

type Aggregate = Node & { readonly kind: 'aggregate' };
type Known = readonly Exclude<Value, null>[];

/** The values of an aggregate's arguments, a row of the group each, in the order of the dataset's key. */
export type Members = readonly (readonly Value[])[];

/** An aggregate over a group. */
export function aggregate({ name, args, type }: Aggregate, members: Members): Value {
  const present = presentIn(members);
  switch (name) {
    case 'count_rows':
      return BigInt(members.length);
    case 'count':
      return BigInt(present.length);
    case 'count_distinct':
      return BigInt(new Set(present.map(identityOf)).size);
    case 'min':
    case 'any_value':
      return extreme(present, -1);
    case 'max':
      return extreme(present, 1);
    case 'first':
    case 'last':
      return atEnd(name, members);
    case 'sum':
      if (type.kind !== 'double' && present.length > 0)
        return present.reduce<bigint>((sum, value) => sum + (value as bigint), 0n);
      return ofDoubles(name, doublesOf(args, present), 0);
    case 'quantile':
      return ofDoubles(name, doublesOf(args, present), fractionOf(args));
    default:
      return ofDoubles(name, doublesOf(args, present), 0.5);
  }
}

const presentIn = (members: Members): Known =>
  members.flatMap(([value = null]) => (value === null ? [] : [value]));

const doublesOf = ([arg]: readonly Node[], values: Known): readonly number[] =>
  values.map((value) => convertValue(value, (arg as Node).type, { kind: 'double' }, '') as number);

const fractionOf = (args: readonly Node[]): number =>
  args[1]?.kind === 'literal' ? Number(args[1].text) : 0.5;

const extreme = (values: Known, sign: number): Value =>
  values.reduce<Value>(
    (best, value) => (best === null || compareValues(value, best) * sign > 0 ? value : best),
    null,
  );

/** With a second argument, the row where that is smallest or greatest, the first of several; those without one come last. */
function atEnd(name: 'first' | 'last', members: Members): Value {
  if ((members[0]?.length ?? 0) < 2) return (name === 'first' ? members[0] : members.at(-1))?.[0] ?? null;
  const sign = name === 'first' ? -1 : 1;
  const best = members.reduce<readonly Value[] | undefined>((chosen, member) => {
    const [by = null, sofar = null] = [member[1], chosen?.[1]];
    if (!chosen) return member;
    if (by === null) return chosen;
    return sofar === null || compareValues(by, sofar) * sign > 0 ? member : chosen;
  }, undefined);
  return best?.[0] ?? null;
}

const LARGEST = 1e150;

function ofDoubles(name: string, values: readonly number[], fraction: number): Value {
  const sum = values.reduce((total, value) => total + value, 0);
  switch (name) {
    case 'sum':
      return values.length === 0 ? null : sum;
    case 'avg':
      return values.length === 0 ? null : sum / values.length;
    case 'stddev': {
      // Not (… > LARGEST), which would let NaN pass.
      if (values.length < 2 || !values.every((value) => Math.abs(value) <= LARGEST)) return null;
      const mean = sum / values.length;
      const squares = values.reduce((total, value) => total + (value - mean) ** 2, 0);
      return Math.sqrt(squares / (values.length - 1));
    }
    case 'median':
    case 'quantile': {
      const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
      const place = (sorted.length - 1) * fraction;
      const [low, high] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
      return low === undefined || high === undefined
        ? null
        : low + (high - low) * (place - Math.floor(place));
    }
    default:
      throw new Error(`The oracle does not know the aggregate "${name}".`);
  }
}

/** How far a double may be off, since the engine may add in another order and interpolate by another formula. */
export function slackOf({ name, args, type }: Aggregate, members: Members): number {
  if (type.kind !== 'double' || !isInexact(name)) return 0;
  const sizes = doublesOf(args, presentIn(members)).filter(Number.isFinite).map(Math.abs);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  switch (name) {
    case 'sum':
      return total * 1e-12;
    case 'avg':
      return (total * 1e-12) / Math.max(sizes.length, 1);
    // A root of a difference: half of the digits may be lost.
    case 'stddev':
      return Math.max(0, ...sizes) * 1e-8;
    // The engine weighs both neighbours before it adds them, which may lose the last bit of the smallest doubles.
    default:
      return Math.max(0, ...sizes) * 1e-12 + 2 * Number.MIN_VALUE;
  }
}

/** Whether two right ways to compute it may give different doubles. */
export const isInexact = (name: string): boolean =>
  ['sum', 'avg', 'stddev', 'median', 'quantile'].includes(name);

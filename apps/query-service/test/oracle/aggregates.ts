import { Node } from './tree.js';
import { Value } from './types.js';
import { compareValues, convertValue, identityOf } from './values.js';

type Aggregate = Node & { readonly kind: 'aggregate' };

/** An aggregate over the values that its argument has in the rows of a group, NULLs included. */
export function aggregate({ name, args, type }: Aggregate, values: readonly Value[]): Value {
  const present = values.flatMap((value) => (value === null ? [] : [value]));
  switch (name) {
    case 'count_rows':
      return BigInt(values.length);
    case 'count':
      return BigInt(present.length);
    case 'count_distinct':
      return BigInt(new Set(present.map(identityOf)).size);
    case 'min':
    case 'max':
      return present.reduce<Value>((best, value) => {
        const better =
          best === null || (name === 'min' ? compareValues(value, best) < 0 : compareValues(value, best) > 0);
        return better ? value : best;
      }, null);
    case 'sum':
    case 'avg': {
      if (present.length === 0) return null;
      if (type.kind !== 'double') return present.reduce<bigint>((sum, value) => sum + (value as bigint), 0n);
      const sum = doublesOf(args, present).reduce((total, value) => total + value, 0);
      return name === 'sum' ? sum : sum / present.length;
    }
    default:
      throw new Error(`The oracle does not know the aggregate "${name}".`);
  }
}

/** How far a sum of doubles may be off, since the engine may add in another order. */
export function slackOf({ name, args, type }: Aggregate, values: readonly Value[]): number {
  if (type.kind !== 'double' || (name !== 'sum' && name !== 'avg')) return 0;
  const present = values.flatMap((value) => (value === null ? [] : [value]));
  const size = doublesOf(args, present)
    .filter(Number.isFinite)
    .reduce((total, value) => total + Math.abs(value), 0);
  return (size * 1e-12) / (name === 'avg' ? Math.max(present.length, 1) : 1);
}

const doublesOf = (args: readonly Node[], values: readonly Exclude<Value, null>[]): readonly number[] =>
  values.map((value) => convertValue(value, (args[0] as Node).type, { kind: 'double' }, '') as number);

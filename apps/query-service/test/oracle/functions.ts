import { inInt64, roundHalfAway, roundTo } from './numbers.js';
import { lower, substring, trim, upper } from './texts.js';
import { DAY_MICROS, floorDiv, partOf, toInstant, toLocal, truncate } from './times.js';
import { Node } from './tree.js';
import { Type, Value } from './types.js';
import { compareValues, convertValue } from './values.js';

type Call = Node & { readonly kind: 'call' };

/** A function of the language over values that are already found. */
export function callFunction(call: Call, args: readonly Value[], zone: string): Value {
  const beside = BESIDE_NULLS[call.name];
  if (beside)
    return beside(args.map((arg, index) => convertValue(arg, typeOf(call, index), call.type, zone)));
  const known = args.flatMap((arg) => (arg === null ? [] : [arg]));
  if (known.length < args.length) return null;
  const apply = FUNCTIONS[call.name];
  if (!apply) throw new Error(`The oracle does not know "${call.name}".`);
  return apply(known, call, zone);
}

const typeOf = (call: Call, index: number): Type => (call.args[index] as Node).type;

const present = (args: readonly Value[]): readonly Exclude<Value, null>[] =>
  args.flatMap((arg) => (arg === null ? [] : [arg]));

/** The first of those that none comes before: among equals, an earlier argument. */
const extreme = (args: readonly Value[], sign: number): Value =>
  present(args).reduce<Value>(
    (best, arg) => (best === null || compareValues(arg, best) * sign > 0 ? arg : best),
    null,
  );

/** Functions that have a value although an argument is NULL. Numbers and times are already of the type of all. */
const BESIDE_NULLS: Readonly<Record<string, (args: readonly Value[]) => Value>> = {
  coalesce: (args) => present(args)[0] ?? null,
  nullif: ([a = null, b = null]) => (a !== null && b !== null && compareValues(a, b) === 0 ? null : a),
  greatest: (args) => extreme(args, 1),
  least: (args) => extreme(args, -1),
  concat: (args) => present(args).join(''),
};

type Known = readonly Exclude<Value, null>[];
type Apply = (args: Known, call: Call, zone: string) => Value;

const text = (args: Known, index: number): string => String(args[index]);

/** Rounding is of doubles, but an integer is whole as it is. */
const ofNumber =
  (change: (value: number) => number): Apply =>
  ([value], call, zone) =>
    typeOf(call, 0).kind === 'integer'
      ? (value as bigint)
      : change(convertValue(value as Value, typeOf(call, 0), { kind: 'double' }, zone) as number);

const FUNCTIONS: Readonly<Record<string, Apply>> = {
  abs: ([value], { type }) => {
    if (typeof value === 'number') return Math.abs(value);
    const size = (value as bigint) < 0n ? -(value as bigint) : (value as bigint);
    return type.kind === 'integer' ? inInt64(size) : size;
  },
  round: (args, call, zone) => {
    if (args.length === 1) return ofNumber(roundHalfAway)(args, call, zone);
    const digits = args[1] as bigint;
    if (digits >= 2n ** 31n || digits < -(2n ** 31n)) return null;
    return roundTo(
      convertValue(args[0] as Value, typeOf(call, 0), { kind: 'double' }, zone) as number,
      Number(digits),
    );
  },
  floor: ofNumber(Math.floor),
  ceil: ofNumber(Math.ceil),
  lower: (args) => lower(text(args, 0)),
  upper: (args) => upper(text(args, 0)),
  trim: (args) => trim(text(args, 0)),
  length: (args) => BigInt([...text(args, 0)].length),
  substring: (args) => substring(text(args, 0), args[1] as bigint, (args[2] as bigint | undefined) ?? null),
  starts_with: (args) => text(args, 0).startsWith(text(args, 1)),
  contains: (args) => text(args, 0).includes(text(args, 1)),
  date_trunc: (args, call, zone) => {
    if (call.type.kind === 'date') {
      return floorDiv(truncate(text(args, 0), (args[1] as bigint) * DAY_MICROS), DAY_MICROS);
    }
    return toInstant(truncate(text(args, 0), toLocal(args[1] as bigint, zone)), zone);
  },
  date_part: (args, call, zone) => {
    const isDate = typeOf(call, 1).kind === 'date';
    return partOf(
      text(args, 0),
      isDate ? (args[1] as bigint) * DAY_MICROS : toLocal(args[1] as bigint, zone),
    );
  },
};

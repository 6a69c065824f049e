import { inInt64, modulo, roundHalfAway, roundTo } from './numbers.js';
import { lower, substring, trim, upper } from './texts.js';
import { addToDate, addToInstant, isDayOrLonger, unitsBetween } from './calendar.js';
import { DAY_MICROS, floorDiv, partOf, toInstant, toLocal, truncate } from './times.js';
import { Node } from './tree.js';
import { Type, Value } from './types.js';
import { compareValues, convertValue } from './values.js';

type Call = Node & { readonly kind: 'call' };

interface Asked {
  readonly zone: string;
  readonly now: bigint;
}

/** `now()`: cut to the second. */
export const askedAt = ({ now }: Asked): bigint => floorDiv(now, 1_000_000n) * 1_000_000n;

/** `today()`: its day in the zone. */
export const todayOf = (asked: Asked): bigint => floorDiv(toLocal(askedAt(asked), asked.zone), DAY_MICROS);

/** A function of the language over values that are already found. */
export function callFunction(call: Call, args: readonly Value[], place: Asked): Value {
  const { zone } = place;
  const beside = BESIDE_NULLS[call.name];
  if (beside)
    return beside(args.map((arg, index) => convertValue(arg, typeOf(call, index), call.type, zone)));
  if (call.name === 'now') return askedAt(place);
  if (call.name === 'today') return todayOf(place);
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

/** A function of doubles; NULL outside of its domain, which is where numbers give no number. */
const ofDoubles =
  (compute: (x: number, y?: number) => number): Apply =>
  (args, call, zone) => {
    const [x = NaN, y] = args.map(
      (arg, index) => convertValue(arg, typeOf(call, index), { kind: 'double' }, zone) as number,
    );
    const result = compute(x, y);
    return Number.isNaN(result) && !Number.isNaN(x) && !Number.isNaN(y ?? 0) ? null : result;
  };

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
  replace: (args) =>
    args[1] === '' ? text(args, 0) : text(args, 0).replaceAll(text(args, 1), () => text(args, 2)),
  sqrt: ofDoubles((x) => (x < 0 ? NaN : Math.sqrt(x))),
  ln: ofDoubles((x) => (x <= 0 ? NaN : Math.log(x))),
  exp: ofDoubles(Math.exp),
  power: ofDoubles((base, exponent = 0) => {
    // IEEE 754, where the platform knows no number.
    if (base === 1 || (base === -1 && Math.abs(exponent) === Infinity)) return 1;
    return base ** exponent;
  }),
  mod: ([a, b], call) =>
    modulo(
      call.args.map((arg, index) => convertValue([a, b][index] as Value, arg.type, call.type, '')),
      call.type,
    ),
  sign: ([value]) =>
    Number.isNaN(value) ? null : (value as number) > 0 ? 1n : (value as number) < 0 ? -1n : 0n,
  date_trunc: ([unit, time], call, zone) => {
    if (call.type.kind === 'date')
      return floorDiv(truncate(String(unit), (time as bigint) * DAY_MICROS), DAY_MICROS);
    const local = toLocal(time as bigint, zone);
    const start = truncate(String(unit), local);
    // Below a day it is elapsed time that is taken off: an hour that comes twice stays two.
    return isDayOrLonger(String(unit)) ? toInstant(start, zone) : (time as bigint) - (local - start);
  },
  date_part: (args, call, zone) => partOf(text(args, 0), localOf(args, call, 1, zone)),
  date_diff: (args, call, zone) =>
    unitsBetween(text(args, 0), localOf(args, call, 1, zone), localOf(args, call, 2, zone)),
  date_add: ([unit, count, time], { type }, zone) =>
    type.kind === 'date'
      ? addToDate(String(unit), count as bigint, time as bigint)
      : addToInstant(String(unit), count as bigint, time as bigint, zone),
};

/** What the local clock shows; a date is its midnight in every zone. */
function localOf(args: Known, call: Call, index: number, zone: string): bigint {
  const time = args[index] as bigint;
  return typeOf(call, index).kind === 'date' ? time * DAY_MICROS : toLocal(time, zone);
}

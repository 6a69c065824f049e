import { DOUBLE, INTEGER } from '@sluice/catalog';
import { BoundExpression } from '../bound.js';
import { convert, operation } from '../nodes.js';
import { unify } from '../unify.js';
import { argument, Call, FunctionFamily, FunctionSpec, INTEGERS, NUMBERS, takes } from './call.js';

const double = (call: Call, index: number): BoundExpression =>
  convert(argument(call, index, NUMBERS), DOUBLE);

const ofDoubles =
  (name: 'sqrt' | 'ln' | 'exp' | 'power'): FunctionSpec['bind'] =>
  (call) =>
    operation(
      name,
      call.args.map((_, index) => double(call, index)),
      DOUBLE,
    );

/** Without digits an integer is whole already; all else is rounded as a double. */
const rounding =
  (name: 'round' | 'floor' | 'ceil'): FunctionSpec['bind'] =>
  (call) => {
    const value = argument(call, 0, NUMBERS);
    if (call.args.length === 1 && value.type.kind === 'integer') return value;
    const digits = call.args.length > 1 ? [argument(call, 1, INTEGERS)] : [];
    return operation(name, [convert(value, DOUBLE), ...digits], DOUBLE);
  };

function bindAbs(call: Call): BoundExpression {
  const value = argument(call, 0, NUMBERS);
  return operation('abs', [value], value.type);
}

function bindMod(call: Call): BoundExpression {
  const args = [argument(call, 0, NUMBERS), argument(call, 1, NUMBERS)];
  return modulo(args, '"mod"', call);
}

/** `%` and `mod`: in the type that holds both. */
export function modulo(
  args: readonly BoundExpression[],
  what: string,
  { place, frame }: Pick<Call, 'place' | 'frame'>,
): BoundExpression {
  const same = unify(args, what, place, frame.timezone);
  return operation('modulo', same, same[0]?.type ?? DOUBLE);
}

export const NUMERIC_FUNCTIONS: FunctionFamily = {
  abs: takes(1, 1, bindAbs),
  round: takes(1, 2, rounding('round')),
  floor: takes(1, 1, rounding('floor')),
  ceil: takes(1, 1, rounding('ceil')),
  sqrt: takes(1, 1, ofDoubles('sqrt')),
  ln: takes(1, 1, ofDoubles('ln')),
  exp: takes(1, 1, ofDoubles('exp')),
  power: takes(2, 2, ofDoubles('power')),
  mod: takes(2, 2, bindMod),
  sign: takes(1, 1, (call) => operation('sign', [argument(call, 0, NUMBERS)], INTEGER)),
};

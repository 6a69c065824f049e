import { ColumnType, formatColumnType } from '@sluice/catalog';
import { refusal } from '../../refusal.js';
import { Place } from '../../syntax/expression.js';
import { BoundExpression, Literal } from '../bound.js';
import { Frame } from '../frame.js';
import { isNumeric } from '../numeric.js';

/** A call whose arguments are bound already. */
export interface Call {
  readonly name: string;
  readonly args: readonly BoundExpression[];
  readonly place: Place;
  /** Where each argument stands. */
  readonly places: readonly Place[];
  readonly frame: Frame;
}

export interface FunctionSpec {
  readonly least: number;
  readonly most: number;
  readonly bind: (call: Call) => BoundExpression;
}

/** The functions of one family, by name. */
export type FunctionFamily = Readonly<Record<string, FunctionSpec>>;

export const takes = (least: number, most: number, bind: FunctionSpec['bind']): FunctionSpec => ({
  least,
  most,
  bind,
});

/** The most arguments that any function takes. */
export const MANY = 32;

export type TypeTest = readonly [description: string, test: (type: ColumnType) => boolean];
export const TEXTS: TypeTest = ['text', (type) => type.kind === 'text'];
export const NUMBERS: TypeTest = ['a number', isNumeric];
export const INTEGERS: TypeTest = ['integer', (type) => type.kind === 'integer'];
export const TIMES: TypeTest = [
  'a date or timestamp',
  (type) => type.kind === 'date' || type.kind === 'timestamp',
];

/** An argument of a type. Throws `type-mismatch` with its place. */
export function argument(call: Call, index: number, [description, test]: TypeTest): BoundExpression {
  const arg = call.args[index];
  if (arg && test(arg.type)) return arg;
  const actual = arg ? formatColumnType(arg.type) : 'missing';
  const message = `Argument ${index + 1} of "${call.name}" must be ${description}, but is ${actual}.`;
  throw refusal('type-mismatch', message, call.places[index] ?? call.place);
}

/** An argument that the request writes out as a value of `test`'s type. Throws `invalid-expression`. */
export function written(call: Call, index: number, test: TypeTest): Literal {
  const arg = argument(call, index, test);
  if (arg.kind === 'literal' && arg.clock === undefined && arg.value !== null) return arg;
  const message = `Argument ${index + 1} of "${call.name}" must be written out, as ${test[0]}.`;
  throw refusal('invalid-expression', message, call.places[index] ?? call.place);
}

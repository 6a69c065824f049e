import { BOOLEAN, ColumnType, INTEGER, TEXT } from '@sluice/catalog';
import { BoundExpression } from '../bound.js';
import { operation } from '../nodes.js';
import {
  argument,
  Call,
  FunctionFamily,
  FunctionSpec,
  INTEGERS,
  MANY,
  takes,
  TEXTS,
  TypeTest,
  written,
} from './call.js';

type TextFunction =
  'lower' | 'upper' | 'trim' | 'length' | 'starts_with' | 'contains' | 'concat' | 'substring';

/** A function from texts; the last test holds for all further arguments. */
const ofTexts =
  (name: TextFunction, type: ColumnType, tests: readonly TypeTest[] = [TEXTS]): FunctionSpec['bind'] =>
  (call) => {
    const args = call.args.map((_, index) =>
      argument(call, index, tests[Math.min(index, tests.length - 1)] as TypeTest),
    );
    return operation(name, args, type);
  };

/** What is looked for and what is put there are written out, so that the growth of the text is known. */
function bindReplace(call: Call): BoundExpression {
  const args = [argument(call, 0, TEXTS), written(call, 1, TEXTS), written(call, 2, TEXTS)];
  return operation('replace', args, TEXT);
}

export const TEXT_FUNCTIONS: FunctionFamily = {
  lower: takes(1, 1, ofTexts('lower', TEXT)),
  upper: takes(1, 1, ofTexts('upper', TEXT)),
  trim: takes(1, 1, ofTexts('trim', TEXT)),
  length: takes(1, 1, ofTexts('length', INTEGER)),
  substring: takes(2, 3, ofTexts('substring', TEXT, [TEXTS, INTEGERS])),
  concat: takes(1, MANY, ofTexts('concat', TEXT)),
  replace: takes(3, 3, bindReplace),
  starts_with: takes(2, 2, ofTexts('starts_with', BOOLEAN)),
  contains: takes(2, 2, ofTexts('contains', BOOLEAN)),
};

import { TEXT } from '@sluice/catalog';
import { operation } from '../nodes.js';
import { unify } from '../unify.js';
import { FunctionFamily, FunctionSpec, MANY, takes } from './call.js';

const unified =
  (name: 'coalesce' | 'nullif' | 'greatest' | 'least'): FunctionSpec['bind'] =>
  ({ args, place, frame }) => {
    const same = unify(args, `"${name}"`, place, frame.timezone);
    return operation(name, same, same[0]?.type ?? TEXT);
  };

/** Functions of any type, whose arguments must be of one kind. */
export const CONDITIONAL_FUNCTIONS: FunctionFamily = {
  coalesce: takes(1, MANY, unified('coalesce')),
  nullif: takes(2, 2, unified('nullif')),
  greatest: takes(1, MANY, unified('greatest')),
  least: takes(1, MANY, unified('least')),
};

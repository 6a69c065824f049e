import { SluiceError } from '@sluice/contracts';
import { checkLimit, refusal } from '../refusal.js';
import { suggest } from '../suggest.js';
import { Place } from './expression.js';
import { pointerTo, readArray, readObject, readText } from './json-reader.js';
import { parseExpression } from './parse-expression.js';
import { CONDITION_OPERATORS, ConditionOperator, FilterSyntax, JsonScalar } from './query-syntax.js';

/** Reads a filter or having of any depth up to the limit. Throws with the pointer of what is wrong. */
export function readFilter(value: unknown, pointer: string): FilterSyntax {
  return new FilterReader().read(value, pointer, 1);
}

class FilterReader {
  private nodes = 0;

  read(value: unknown, pointer: string, depth: number): FilterSyntax {
    this.nodes += 1;
    checkLimit('filterNodes', this.nodes, 'The filter has too many nodes', pointer);
    checkLimit('depth', depth, 'The filter is nested too deeply', pointer);
    const node = readObject(value, pointer, 'A filter node', ['and', 'or', 'not', 'column', 'op', 'value']);
    const kinds = ['and', 'or', 'not', 'column'].filter((key) => key in node);
    if (kinds.length !== 1) {
      throw refusal('invalid-request', 'A filter node holds exactly one of and, or, not, column.', {
        pointer,
      });
    }
    if ('column' in node)
      return readCondition(node['column'], node['op'], node['value'], 'value' in node, pointer);
    this.refuseConditionKeys(node, pointer);
    if ('not' in node)
      return { kind: 'not', node: this.read(node['not'], pointerTo(pointer, 'not'), depth + 1) };
    return this.readList('and' in node ? 'and' : 'or', node, pointer, depth);
  }

  private refuseConditionKeys(node: object, pointer: string): void {
    for (const key of ['op', 'value']) {
      if (key in node)
        throw refusal('invalid-request', `"${key}" goes with "column".`, {
          pointer: pointerTo(pointer, key),
        });
    }
  }

  private readList(
    kind: 'and' | 'or',
    node: Readonly<Record<string, unknown>>,
    pointer: string,
    depth: number,
  ): FilterSyntax {
    const at = pointerTo(pointer, kind);
    const items = readArray(node[kind], at, `"${kind}"`);
    if (items.length === 0)
      throw refusal('invalid-request', `"${kind}" needs at least one node.`, { pointer: at });
    return { kind, nodes: items.map((item, index) => this.read(item, pointerTo(at, index), depth + 1)) };
  }
}

function readCondition(
  column: unknown,
  op: unknown,
  value: unknown,
  hasValue: boolean,
  pointer: string,
): FilterSyntax {
  const columnPointer = pointerTo(pointer, 'column');
  const subject = parseExpression(readText(column, columnPointer, '"column"'), columnPointer).expression;
  const operator = readOperator(op, pointerTo(pointer, 'op'));
  const valuePointer = pointerTo(pointer, 'value');
  const takesNone = operator === 'isNull' || operator === 'isNotNull';
  if (takesNone && hasValue)
    throw refusal('invalid-request', `"${operator}" takes no value.`, { pointer: valuePointer });
  if (!takesNone && !hasValue) throw refusal('invalid-request', `"${operator}" needs a value.`, { pointer });
  const values = takesNone ? [] : readValues(operator, value, valuePointer);
  return { kind: 'condition', subject, operator, values, place: { pointer } };
}

function readOperator(op: unknown, pointer: string): ConditionOperator {
  const name = readText(op, pointer, '"op"');
  const known = CONDITION_OPERATORS.find((operator) => operator === name);
  if (known) return known;
  const message = `There is no operator "${name.slice(0, 64)}"; there are ${CONDITION_OPERATORS.join(', ')}.`;
  throw refusal('invalid-request', message, { pointer }, suggest(name, CONDITION_OPERATORS));
}

function readValues(
  operator: ConditionOperator,
  value: unknown,
  pointer: string,
): readonly { readonly value: JsonScalar; readonly place: Place }[] {
  if (!['in', 'notIn', 'between', 'notBetween'].includes(operator)) return [readScalar(value, pointer)];
  const items = readArray(value, pointer, `The value of "${operator}"`);
  const isRange = operator.toLowerCase().includes('between');
  if (isRange && items.length !== 2)
    throw refusal('invalid-request', `"${operator}" takes two values.`, { pointer });
  if (items.length === 0)
    throw refusal('invalid-request', `"${operator}" needs at least one value.`, { pointer });
  checkLimit('inValues', items.length, 'The list is too long', pointer);
  return items.map((item, index) => readScalar(item, pointerTo(pointer, index)));
}

function readScalar(value: unknown, pointer: string): { readonly value: JsonScalar; readonly place: Place } {
  const place = { pointer };
  if (typeof value === 'boolean') return { value, place };
  if (typeof value === 'string') {
    checkLimit('textLength', value.length, 'The text is too long', pointer);
    return { value: readText(value, pointer, 'The value'), place };
  }
  if (typeof value === 'number' && Number.isFinite(value)) {
    if (Number.isInteger(value) && !Number.isSafeInteger(value)) throw inexact(pointer);
    return { value, place };
  }
  const hint = value === null ? ' Use isNull or isNotNull to ask for missing values.' : '';
  throw refusal('invalid-request', `A value must be a text, a number, true or false.${hint}`, place);
}

function inexact(pointer: string): SluiceError {
  const value = Number.MAX_SAFE_INTEGER;
  const message = `A whole number above ${value} loses digits in JSON readers: write it as a text.`;
  return new SluiceError('invalid-request', message, { pointer, limit: { name: 'safeInteger', value } });
}

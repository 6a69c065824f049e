import { compareExact, readExact } from './numbers.js';
import { typeName } from './types.js';
import { Filter, Item, Literal, Node, Query, Sort } from './tree.js';

/** Chooses among spellings that mean the same; 0 writes everything plainly. */
export class Spelling {
  constructor(private state: number) {}

  /** Whether to do something that is done one time in `times`. */
  once(times: number): boolean {
    if (this.state === 0) return false;
    this.state = (Math.imul(this.state, 1_103_515_245) + 12_345) >>> 0 || 1;
    return (this.state >>> 16) % times === 0;
  }

  word(word: string): string {
    return this.once(4)
      ? word.toUpperCase()
      : this.once(6)
        ? word.charAt(0).toUpperCase() + word.slice(1)
        : word;
  }

  /** A space, or several, or another white character. */
  gap(): string {
    return this.once(8) ? '  ' : this.once(16) ? '\n\t' : ' ';
  }
}

const STRENGTH: Readonly<Record<string, number>> = {
  or: 1,
  and: 2,
  not: 3,
  comparison: 4,
  predicate: 4,
  '+': 5,
  '-': 5,
  '*': 6,
  '/': 6,
  '%': 6,
  negate: 7,
};
const ATOM = 8;

function strengthOf(node: Node): number {
  if (node.kind === 'logic' || node.kind === 'arithmetic') return STRENGTH[node.operator] ?? ATOM;
  if (node.kind === 'literal') return node.text.startsWith('-') && !isQuoted(node) ? 7 : ATOM;
  return STRENGTH[node.kind] ?? ATOM;
}

/** The text of an expression. */
export function spell(node: Node, spelling: Spelling): string {
  const inner = spellBare(node, spelling);
  return spelling.once(12) ? `(${inner})` : inner;
}

/** In parentheses where it binds less than it must. */
function spellAt(least: number, node: Node, spelling: Spelling): string {
  const inner = spell(node, spelling);
  return strengthOf(node) < least ? `(${inner})` : inner;
}

function spellBare(node: Node, s: Spelling): string {
  const list = (nodes: readonly Node[]): string =>
    nodes.map((each) => spell(each, s)).join(s.once(3) ? ' , ' : ', ');
  switch (node.kind) {
    case 'literal':
      return isQuoted(node) ? `'${node.text.replaceAll("'", "''")}'` : s.word(node.text);
    case 'column':
      return node.path.join(s.once(10) ? ' . ' : '.');
    case 'aggregate':
      if (node.name === 'count_rows') return `${s.word('count')}(*)`;
      return `${s.word(node.name)}(${list(node.args)})`;
    case 'call':
      return `${s.word(node.name)}${s.once(10) ? ' ' : ''}(${list(node.args)})`;
    case 'arithmetic':
    case 'logic': {
      const strength = strengthOf(node);
      const [left, right] = [spellAt(strength, node.left, s), spellAt(strength + 1, node.right, s)];
      return `${left}${s.gap()}${s.word(node.operator)}${s.gap()}${right}`;
    }
    case 'comparison': {
      const operator = node.operator === '<>' && s.once(2) ? '!=' : node.operator;
      const [left, right] = [spellAt(5, node.left, s), spellAt(5, node.right, s)];
      return s.once(5) ? `${left}${operator}${right}` : `${left}${s.gap()}${operator}${s.gap()}${right}`;
    }
    case 'not':
      return `${s.word('not')}${s.gap()}${spellAt(3, node.operand, s)}`;
    case 'cast':
      return `${s.word('cast')}(${spell(node.operand, s)}${s.gap()}${s.word('as')} ${s.word(typeName(node.type))})`;
    case 'negate':
      return `-${s.once(2) || node.operand.kind === 'negate' ? ' ' : ''}${spellAt(7, node.operand, s)}`;
    case 'case': {
      const branches = node.branches.map(
        ({ when, then }) => ` ${s.word('when')} ${spell(when, s)} ${s.word('then')} ${spell(then, s)}`,
      );
      const otherwise = node.otherwise ? ` ${s.word('else')} ${spell(node.otherwise, s)}` : '';
      return `${s.word('case')}${branches.join('')}${otherwise}${s.gap()}${s.word('end')}`;
    }
    case 'predicate': {
      const values = {
        in: () => `(${list(node.values)})`,
        between: () => node.values.map((value) => spellAt(5, value, s)).join(` ${s.word('and')} `),
        like: () => list(node.values),
        'is null': () => '',
      }[node.name]();
      const operand = spellAt(4, node.operand, s);
      if (node.name === 'is null')
        return `${operand} ${s.word('is')} ${node.negated ? 'not ' : ''}${s.word('null')}`;
      return `${operand}${s.gap()}${node.negated ? `${s.word('not')} ` : ''}${s.word(node.name)} ${values}`;
    }
  }
}

const isQuoted = ({ type }: Pick<Literal, 'type'>): boolean =>
  ['text', 'date', 'timestamp'].includes(type.kind);

/** A request and the names that its answer's columns must have. */
export interface Spelled {
  readonly body: Readonly<Record<string, unknown>>;
  /** Null where all columns are selected. */
  readonly names: readonly string[] | null;
}

/** The request of a query, without its page. */
export function spellQuery(query: Query, seed: number): Spelled {
  const s = new Spelling(seed);
  const items = query.items && spellItems(query.items, s);
  const defaults = { count: 'exact', timezone: 'UTC', rows: 'object', numbers: 'json', distinct: false };
  const chosen = Object.entries(defaults)
    .map(([key, usual]) => [key, query[key as keyof typeof defaults], usual] as const)
    .filter(([, value, usual]) => value !== usual || s.once(4));
  return {
    body: {
      ...(s.once(3) ? { dataset: 'facts' } : {}),
      ...(items ? { select: items.map(({ item }) => item) } : {}),
      ...(query.filter ? { filter: spellFilter(query.filter, s) } : {}),
      ...(query.having ? { having: spellFilter(query.having, s) } : {}),
      ...(query.sort.length > 0 ? { sort: query.sort.map((sort) => spellSort(sort, items, s)) } : {}),
      ...Object.fromEntries(chosen.map(([key, value]) => [key, value])),
    },
    names: items && items.map(({ name }) => name),
  };
}

/** Two items of one text need names that differ. */
function spellItems(items: readonly Item[], s: Spelling): readonly SpelledItem[] {
  const taken = new Set<string>();
  return items.map((item, index) => {
    const first = spellItem(item, index, s);
    const spelled = taken.has(first.name) ? spellItem({ ...item, alias: `c${index}` }, index, s) : first;
    taken.add(spelled.name);
    return spelled;
  });
}

interface SpelledItem {
  readonly item: unknown;
  readonly name: string;
}

function spellItem({ node, alias }: Item, index: number, s: Spelling): SpelledItem {
  const text = spell(node, s);
  // A text that cannot be a name gets one.
  const name = alias ?? (/\p{Cc}/u.test(text) || text.length > 120 || text === '' ? `c${index}` : null);
  if (name !== null)
    return { item: s.once(2) ? `${text} ${s.word('as')} ${name}` : { expr: text, as: name }, name };
  return { item: s.once(2) ? { expr: ` ${text}` } : text, name: text.trim() };
}

function spellSort(
  { node, item, direction }: Sort,
  items: readonly { readonly name: string }[] | null,
  s: Spelling,
): unknown {
  const named = item === null ? undefined : items?.[item]?.name;
  const text = named !== undefined && /^[a-z]\w*$/.test(named) ? named : spell(node, s);
  if (direction === 'asc' && s.once(2)) return s.once(2) ? text : { column: text };
  return s.once(2) ? `${text} ${s.word(direction)}` : { column: text, direction };
}

export function spellFilter(filter: Filter, s: Spelling): object {
  if (filter.kind === 'not') return { not: spellFilter(filter.node, s) };
  if (filter.kind !== 'condition') return { [filter.kind]: filter.nodes.map((node) => spellFilter(node, s)) };
  const { subject, op, values } = filter;
  const column = spell(subject, s);
  const written = values.map((value) => spellValue(value, s));
  if (op === 'isNull' || op === 'isNotNull') return { column, op };
  const isList = ['in', 'notIn', 'between', 'notBetween'].includes(op);
  return { column, op, value: isList ? written : written[0] };
}

/** A number is written as one only where a double keeps all its digits. */
function spellValue({ type, value, text }: Literal, s: Spelling): unknown {
  if (type.kind === 'boolean') return value;
  if (isQuoted({ type })) return value;
  const number = Number(text);
  const keeps = Number.isFinite(number) && Math.abs(number) < 2 ** 53;
  const same = keeps && compareExact(readExact(String(number)), readExact(text)) === 0;
  return same && !s.once(4) ? number : text;
}

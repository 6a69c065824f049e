import { SluiceError } from '@sluice/contracts';
import { LIMITS } from '../limits.js';
import { checkLimit, refusal } from '../refusal.js';
import {
  JsonObject,
  pointerTo,
  readArray,
  readChoice,
  readFlag,
  readObject,
  readText,
  readWhole,
} from './json-reader.js';
import { parseExpression } from './parse-expression.js';
import { PageSyntax, QuerySyntax, SelectSyntax, SortSyntax } from './query-syntax.js';
import { readFilter } from './read-filter.js';

const KEYS = [
  'dataset',
  'select',
  'filter',
  'having',
  'sort',
  'page',
  'distinct',
  'count',
  'timezone',
  'rows',
  'numbers',
] as const;

/** What a body is read for: a page needs `page`, an export refuses it. */
export type Purpose = 'page' | 'export';

/** Reads a query's JSON body (SPEC Q2). `pointer` is where it stands in the request. Throws with pointer and limit. */
export function readQuery(body: unknown, purpose: Purpose, pointer = ''): QuerySyntax {
  const query = readObject(body, pointer, 'The query', KEYS);
  const at = (key: (typeof KEYS)[number]): string => pointerTo(pointer, key);
  const { dataset, select, filter, having, sort } = query;
  return {
    dataset: dataset === undefined ? null : readText(dataset, at('dataset'), '"dataset"'),
    select: select === undefined ? null : readSelect(select, at('select')),
    filter: filter === undefined ? null : readFilter(filter, at('filter')),
    having: having === undefined ? null : readFilter(having, at('having')),
    sort: sort === undefined ? [] : readSort(sort, at('sort')),
    page: readPage(query, purpose, pointer),
    distinct: readFlag(query['distinct'], at('distinct'), '"distinct"'),
    count: readChoice(query['count'], at('count'), '"count"', ['exact', 'estimated', 'none']),
    timezone: readTimezone(query['timezone'], at('timezone')),
    rows: readChoice(query['rows'], at('rows'), '"rows"', ['object', 'array']),
    numbers: readChoice(query['numbers'], at('numbers'), '"numbers"', ['json', 'string']),
  };
}

function readSelect(value: unknown, pointer: string): readonly SelectSyntax[] {
  const items = readArray(value, pointer, '"select"');
  if (items.length === 0) throw refusal('invalid-request', '"select" needs at least one item.', { pointer });
  checkLimit('selectItems', items.length, 'Too many items are selected', pointer);
  const read = items.map((item, index) => readSelectItem(item, pointerTo(pointer, index)));
  const seen = new Set<string>();
  for (const { name, place } of read) {
    if (seen.has(name))
      throw refusal('invalid-request', `The name "${name}" is given twice; use "as".`, place);
    seen.add(name);
  }
  return read;
}

function readSelectItem(item: unknown, pointer: string): SelectSyntax {
  if (typeof item === 'string') {
    const text = readText(item, pointer, 'An item');
    const { expression, name } = parseExpression(text, pointer, true);
    return { expression, name: readName(name ?? text.trim(), pointer), place: { pointer } };
  }
  const { expr, as } = readObject(item, pointer, 'An item of select', ['expr', 'as']);
  const exprPointer = pointerTo(pointer, 'expr');
  const text = readText(expr, exprPointer, '"expr"');
  const name = as === undefined ? text.trim() : readText(as, pointerTo(pointer, 'as'), '"as"');
  return {
    expression: parseExpression(text, exprPointer).expression,
    name: readName(name, pointer),
    place: { pointer },
  };
}

/** Output names become keys of the answer and headers of files: short and printable. */
function readName(name: string, pointer: string): string {
  checkLimit('nameLength', name.length, 'A name is too long (use "as" to give a shorter one)', pointer);
  if (name === '' || /\p{Cc}/u.test(name)) {
    throw refusal('invalid-request', 'A name must hold printable characters only.', { pointer });
  }
  return name;
}

function readSort(value: unknown, pointer: string): readonly SortSyntax[] {
  const items = readArray(value, pointer, '"sort"');
  checkLimit('sortItems', items.length, 'Too many sort items', pointer);
  return items.map((item, index) => readSortItem(item, pointerTo(pointer, index)));
}

function readSortItem(item: unknown, pointer: string): SortSyntax {
  if (typeof item === 'string') {
    const { text, direction } = splitDirection(readText(item, pointer, 'An item'));
    return { expression: parseExpression(text, pointer).expression, direction, place: { pointer } };
  }
  const object = readObject(item, pointer, 'An item of sort', ['column', 'direction']);
  const at = pointerTo(pointer, 'column');
  const { expression } = parseExpression(readText(object['column'], at, '"column"'), at);
  const direction = readChoice(object['direction'], pointerTo(pointer, 'direction'), '"direction"', [
    'asc',
    'desc',
  ]);
  return { expression, direction, place: { pointer } };
}

/** Takes a closing `asc` or `desc` off. By words, not by one pattern: the text is not yet bounded. */
function splitDirection(item: string): { readonly text: string; readonly direction: 'asc' | 'desc' } {
  const text = item.trimEnd();
  const last = /\s(asc|desc)$/i.exec(text.slice(-5))?.[1]?.toLowerCase();
  if (last === undefined) return { text, direction: 'asc' };
  return { text: text.slice(0, -last.length), direction: last === 'desc' ? 'desc' : 'asc' };
}

function readPage(query: JsonObject, purpose: Purpose, pointer: string): PageSyntax | null {
  const at = pointerTo(pointer, 'page');
  if (purpose === 'export') {
    if (query['page'] === undefined) return null;
    throw refusal('invalid-request', 'An export holds all rows of its query: leave "page" out.', {
      pointer: at,
    });
  }
  const most = LIMITS.pageLimit;
  if (query['page'] === undefined) throw pageRequired(at, most);
  const page = readObject(query['page'], at, '"page"', ['limit', 'after', 'offset']);
  if (page['limit'] === undefined) throw pageRequired(pointerTo(at, 'limit'), most);
  const limit = readWhole(page['limit'], pointerTo(at, 'limit'), '"limit"', 1);
  checkLimit('pageLimit', limit, '"limit" is too large', pointerTo(at, 'limit'));
  if (page['after'] !== undefined && page['offset'] !== undefined) {
    throw refusal('invalid-request', '"after" and "offset" exclude each other.', { pointer: at });
  }
  const offset =
    page['offset'] === undefined ? 0 : readWhole(page['offset'], pointerTo(at, 'offset'), '"offset"', 0);
  checkLimit('offset', offset, '"offset" is too large; walk with "after" instead', pointerTo(at, 'offset'));
  const after =
    page['after'] === undefined ? null : readText(page['after'], pointerTo(at, 'after'), '"after"');
  return { limit, after, offset };
}

function pageRequired(pointer: string, value: number): SluiceError {
  const message = `A page limit is required: {"page": {"limit": n}} with n from 1 to ${value}.`;
  return new SluiceError('page-required', message, { pointer, limit: { name: 'pageLimit', value } });
}

function readTimezone(value: unknown, pointer: string): string {
  if (value === undefined) return 'UTC';
  const name = readText(value, pointer, '"timezone"');
  try {
    if (!/^[A-Za-z]/.test(name)) throw new RangeError('an offset is not a zone');
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    throw refusal('invalid-request', `"${name.slice(0, 64)}" is not an IANA time zone.`, { pointer });
  }
}

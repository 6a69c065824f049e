import { PageForm, QueryAnswer, SluiceError } from '@sluice/contracts';
import { allColumns, Expected } from './answer.js';
import { columnProblem, rowProblem } from './compare-answers.js';
import { AnswerOfForm, readForm } from './read-forms.js';
import { spellQuery } from './spell.js';
import { Query } from './tree.js';
import { Caller } from './world.js';

/** Asks the service; rejects with a `SluiceError` where it refuses. */
export type Ask = (body: object, caller: Caller, form?: PageForm) => Promise<QueryAnswer>;

/** Asks a query of the service, all its pages if it walks. Null when the answers are as expected, else what differs. */
export async function differenceIn(
  { query, spelling }: { readonly query: Query; readonly spelling: number },
  caller: Caller,
  expected: Expected,
  ask: Ask,
): Promise<string | null> {
  const { body, names } = spellQuery(query, spelling);
  const columns =
    names ?? allColumns(caller).map(({ node }) => (node.kind === 'column' ? (node.path[0] ?? '') : ''));
  try {
    return await pagesDiffer(query, expected, columns, (page) => ask({ ...body, page }, caller, query.form));
  } catch (error) {
    if (!(error instanceof SluiceError)) return `it fails: ${String(error)}`;
    const { code, message } = error;
    if (expected.kind === 'refused' && expected.code === code) return null;
    return `it is refused: ${code}, ${message} (expected: ${expected.kind === 'refused' ? expected.code : 'an answer'})`;
  }
}

async function pagesDiffer(
  query: Query,
  expected: Expected,
  names: readonly string[],
  ask: (page: object) => Promise<QueryAnswer>,
): Promise<string | null> {
  const { limit, offset } = query;
  let first = offset ?? 0;
  let after: string | null = null;
  do {
    const page: object = { limit, ...(after === null ? (offset ? { offset } : {}) : { after }) };
    const answer = await ask(page);
    if (expected.kind === 'refused') return `it is answered, expected ${expected.code}`;
    const types = expected.columns.map(({ type }) => type);
    const actual: AnswerOfForm = readForm(answer, query, types);
    const problem =
      (actual.columns && columnProblem(expected, names, actual.columns)) ??
      rowProblem(expected, names, actual.rows, first, query) ??
      pageProblem(expected.rows.length, actual, first, query);
    if (problem !== null) return problem;
    first += actual.rows.length;
    after = actual.page.next;
  } while (offset === null && after !== null);
  return null;
}

function pageProblem(
  total: number,
  { rows, page, meta }: AnswerOfForm,
  first: number,
  query: Query,
): string | null {
  const returned = Math.max(0, Math.min(query.limit, total - first));
  const hasMore = first + returned < total;
  const wanted = {
    rows: returned,
    returned,
    hasMore,
    next: hasMore,
    total: query.count === 'none' ? null : total,
    // So few rows are counted rather than estimated.
    isExact: true,
  };
  const found = {
    rows: rows.length,
    returned: page.returned,
    hasMore: page.hasMore,
    next: page.next !== null,
    total: meta.totalRows,
    isExact: query.count === 'none' || meta.totalIsExact,
  };
  const [left, right] = [JSON.stringify(wanted), JSON.stringify(found)];
  return left === right ? null : `page is ${right}, expected ${left}`;
}

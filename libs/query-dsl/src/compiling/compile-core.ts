import { INTEGER } from '@sluice/catalog';
import { BoundExpression, childrenOf, hasAggregate } from '../binding/bound.js';
import { literal, operation } from '../binding/nodes.js';
import { describe } from '../binding/same-expression.js';
import { GovernedQuery } from '../governed-query.js';
import { compileScans } from './compile-scans.js';
import { Dialect } from './dialect.js';
import { ExpressionCompiler, Parameters } from './expression-compiler.js';

export interface CoreColumn {
  /** Name inside the statement. */
  readonly name: string;
  readonly expression: BoundExpression;
}

/**
 * The rows of a query before paging: `select <columns> from <scans> where <filter>`. A grouped one has a further level, that
 * computes keys and aggregates first, so that expressions over them are plain expressions over columns.
 */
export function compileCore(
  query: GovernedQuery,
  columns: readonly CoreColumn[],
  dialect: Dialect,
  parameters: Parameters,
): string {
  const level = query.grouped
    ? groupedLevel(query, columns, dialect, parameters)
    : flatLevel(query, columns, dialect, parameters);
  const selected = columns.map(({ name, expression }) => `${level.compile(expression)} as ${name}`);
  const condition = level.condition ? ` where ${level.compile(level.condition)}` : '';
  return `select ${selected.length > 0 ? selected.join(', ') : '1 as one'} from ${level.from}${condition}`;
}

interface Level {
  readonly from: string;
  readonly condition: BoundExpression | null;
  readonly compile: (expression: BoundExpression) => string;
}

function flatLevel(
  query: GovernedQuery,
  columns: readonly CoreColumn[],
  dialect: Dialect,
  parameters: Parameters,
): Level {
  const used = [...columns.map(({ expression }) => expression), ...(query.filter ? [query.filter] : [])];
  const scans = compileScans(query, used, dialect, parameters);
  const compiler = new ExpressionCompiler(dialect, parameters, scans.columnSql);
  return { from: scans.from, condition: query.filter, compile: (expression) => compiler.compile(expression) };
}

function groupedLevel(
  query: GovernedQuery,
  columns: readonly CoreColumn[],
  dialect: Dialect,
  parameters: Parameters,
): Level {
  const keys = distinctBy(
    query.items.map(({ expression }) => expression).filter((expression) => !hasAggregate(expression)),
  );
  const having = groupCondition(query);
  const outer = [...columns.map(({ expression }) => expression), ...(having ? [having] : [])];
  const aggregates = distinctBy(outer.flatMap(aggregatesIn));
  const groups = [...keys, ...aggregates];
  const inner = flatLevel(
    query,
    groups.map((expression) => ({ name: '', expression })),
    dialect,
    parameters,
  );
  const selected = groups.map((expression, index) => `${inner.compile(expression)} as g${index}`);
  const condition = inner.condition ? ` where ${inner.compile(inner.condition)}` : '';
  // By position: a parameter that stands twice would be two parameters to the engine.
  const groupBy = keys.length > 0 ? ` group by ${keys.map((_, index) => index + 1).join(', ')}` : '';
  // Without keys there is one group, also of no row: only an aggregate says so.
  const columnsSql = selected.length > 0 ? selected.join(', ') : 'count(*) as one';
  const from = `(select ${columnsSql} from ${inner.from}${condition}${groupBy}) g`;
  const names = new Map(groups.map((expression, index) => [describe(expression), `g.g${index}`]));
  const compiler = new ExpressionCompiler(
    dialect,
    parameters,
    ({ name }) => {
      throw new Error(`The column ${name} is used outside of its group.`);
    },
    (expression) => names.get(describe(expression)),
  );
  return { from, condition: having, compile: (expression) => compiler.compile(expression) };
}

/** Which groups are answered: what the caller asks for, of those that are large enough to be told (SPEC P5). */
function groupCondition({ having, smallestGroup }: GovernedQuery): BoundExpression | null {
  if (smallestGroup <= 1) return having;
  const rows: BoundExpression = { kind: 'aggregate', name: 'count_rows', args: [], type: INTEGER };
  const isLarge = operation('gte', [rows, literal(INTEGER, BigInt(smallestGroup))]);
  return having ? operation('and', [isLarge, having]) : isLarge;
}

function aggregatesIn(expression: BoundExpression): readonly BoundExpression[] {
  return expression.kind === 'aggregate' ? [expression] : childrenOf(expression).flatMap(aggregatesIn);
}

function distinctBy(expressions: readonly BoundExpression[]): readonly BoundExpression[] {
  return [...new Map(expressions.map((expression) => [describe(expression), expression])).values()];
}

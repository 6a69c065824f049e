import { TEXT } from '@sluice/catalog';
import { BoundExpression, ColumnUse, walk } from '../binding/bound.js';
import { GovernedQuery, GovernedScan } from '../governed-query.js';
import { MaskKey } from '../mask-key.js';
import { Dialect } from './dialect.js';
import { ExpressionCompiler, Parameters } from './expression-compiler.js';

export interface CompiledScans {
  /** What follows the word `from`. */
  readonly from: string;
  /** How a column is called outside of its scan. */
  readonly columnSql: (column: ColumnUse) => string;
}

/**
 * The tables that some expressions need. Each is an innermost derived table that holds only the used columns, already
 * masked, of only the rows that policy allows: what the caller wrote can stand nowhere but outside of it.
 */
export function compileScans(
  query: GovernedQuery,
  used: readonly BoundExpression[],
  dialect: Dialect,
  parameters: Parameters,
): CompiledScans {
  const needed = neededColumns(query, used);
  const indexes = [...needed.keys()].sort((a, b) => a - b);
  const tables = indexes.map((index) => {
    const columns = needed.get(index) as NeededColumns;
    const table = derivedTable(scanAt(query, index), columns, query.maskKey, dialect, parameters);
    return `${table} s${index}${joinCondition(query, index)}`;
  });
  return {
    from: tables.join(' left join '),
    columnSql: ({ scan, name }) => `s${scan}.v${positionOf(scanAt(query, scan), name)}`,
  };
}

interface NeededColumns {
  /** Used by expressions: treated. */
  readonly values: Set<string>;
  /** Used by joins: as they are, under names that no expression can say. */
  readonly joins: Set<string>;
}

function neededColumns(
  query: GovernedQuery,
  used: readonly BoundExpression[],
): ReadonlyMap<number, NeededColumns> {
  const needed = new Map<number, NeededColumns>();
  const need = (index: number): NeededColumns => {
    const known = needed.get(index);
    if (known) return known;
    const { dataset, via } = scanAt(query, index);
    const fresh = { values: new Set<string>(), joins: new Set<string>(via ? dataset.key : []) };
    needed.set(index, fresh);
    if (via) for (const column of via.relation.columns) need(via.scan).joins.add(column);
    return fresh;
  };
  need(0);
  for (const expression of used) {
    for (const node of walk(expression)) if (node.kind === 'column') need(node.scan).values.add(node.name);
  }
  return needed;
}

function derivedTable(
  scan: GovernedScan,
  { values, joins }: NeededColumns,
  maskKey: MaskKey | null,
  dialect: Dialect,
  parameters: Parameters,
): string {
  const columns = [
    ...[...values].map((name) => {
      const treated = treatedColumn(scan, name, maskKey, dialect, parameters);
      return `${treated} as v${positionOf(scan, name)}`;
    }),
    ...[...joins].map((name) => `${dialect.quote(name)} as j${positionOf(scan, name)}`),
  ];
  const compiler = new ExpressionCompiler(dialect, parameters, ({ name }) => dialect.quote(name));
  const predicates = scan.predicates.map((predicate) => compiler.compile(predicate));
  const where = predicates.length > 0 ? ` where ${predicates.join(' and ')}` : '';
  return `(select ${columns.length > 0 ? columns.join(', ') : '1 as one'} from ${dialect.table(scan.dataset)}${where})`;
}

/** A column that policy says nothing of is not shown. */
function treatedColumn(
  scan: GovernedScan,
  name: string,
  maskKey: MaskKey | null,
  dialect: Dialect,
  parameters: Parameters,
): string {
  const treatment = scan.treatments.get(name) ?? 'null';
  const type = scan.dataset.columns.get(name)?.type ?? TEXT;
  const column = dialect.quote(name);
  if (treatment !== 'hash') return dialect.treat(treatment, column, type);
  if (!maskKey) throw new Error('A column is to be hashed, but there is no key.');
  const { inner, outer } = maskKey.pads();
  return dialect.keyedHash(column, type, { inner: parameters.text(inner), outer: parameters.text(outer) });
}

function joinCondition(query: GovernedQuery, index: number): string {
  const { dataset, via } = scanAt(query, index);
  if (!via) return '';
  const owner = scanAt(query, via.scan);
  const equal = via.relation.columns.map((column, position) => {
    const key = positionOf(scanAt(query, index), dataset.key[position] ?? '');
    return `s${via.scan}.j${positionOf(owner, column)} = s${index}.j${key}`;
  });
  return ` on ${equal.join(' and ')}`;
}

const scanAt = (query: GovernedQuery, index: number): GovernedScan => query.scans[index] as GovernedScan;

const positionOf = (scan: GovernedScan, column: string): number =>
  [...scan.dataset.columns.keys()].indexOf(column);

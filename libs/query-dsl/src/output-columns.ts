import { formatColumnType } from '@sluice/catalog';
import { OutputColumn } from '@sluice/contracts';
import { Dialect } from './compiling/dialect.js';
import { GovernedQuery, treatmentOf } from './governed-query.js';

/** The columns of a query's answer, typed as the caller gets them: a masked column is text. */
export function outputColumns(query: GovernedQuery, dialect: Dialect): readonly OutputColumn[] {
  return query.items.map(({ name, expression }) => {
    const treatment = treatmentOf(query, expression);
    const type = dialect.treatedType(treatment, expression.type);
    return { name, type: formatColumnType(type), masked: treatment !== 'clear' };
  });
}

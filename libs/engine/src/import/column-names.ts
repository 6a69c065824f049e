import { IDENTIFIER } from '@sluice/catalog';
import { ImportError } from './import-error.js';

/**
 * Makes a header into a column name. One that is a name already stays; else whatever is not an ASCII letter, digit or underscore becomes an underscore, runs of them become one,
 * those at the ends go, and a leading digit gets one in front. `Order ID` becomes `Order_ID`, `2024 total` becomes `_2024_total`.
 */
export function cleanColumnName(header: string): string {
  if (IDENTIFIER.test(header)) return header;
  const name = header
    .replaceAll(/[^A-Za-z0-9]+/g, '_')
    .replace(/^_/, '')
    .replace(/_$/, '');
  return /^\d/.test(name) ? `_${name}` : name;
}

/** Cleans all headers of a file. Throws an ImportError naming those that give no name, or that give one name twice. */
export function cleanColumnNames(headers: readonly string[]): readonly string[] {
  const taken = new Map<string, string>();
  return headers.map((header, index) => {
    const name = cleanColumnName(header);
    if (!IDENTIFIER.test(name)) {
      throw new ImportError(
        `The header "${header}" of column ${index + 1} gives no column name: it needs a letter or digit, and at most 63 characters.`,
      );
    }
    // Names differ by more than case, because the engine does not tell case apart.
    const other = taken.get(name.toLowerCase());
    if (other !== undefined) {
      throw new ImportError(
        `The headers "${other}" and "${header}" give the same column name; rename one of them.`,
      );
    }
    taken.set(name.toLowerCase(), header);
    return name;
  });
}

/** Finds a column that somebody named, by its header or its name, in any case. Throws an ImportError listing what there is. */
export function findColumn(wanted: string, names: readonly string[], role: string): string {
  const name = cleanColumnName(wanted).toLowerCase();
  const found = names.find((candidate) => candidate.toLowerCase() === name);
  if (found !== undefined) return found;
  throw new ImportError(`There is no ${role} column "${wanted}"; the columns are ${names.join(', ')}.`);
}

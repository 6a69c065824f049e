import { Catalog, Column, Dataset } from '@sluice/catalog';
import { checkLimit, refusal } from '../refusal.js';
import { suggest } from '../suggest.js';
import { Place } from '../syntax/expression.js';
import { ColumnUse, Scan } from './bound.js';

/**
 * Looks columns up, along relations, and collects the scans that they need: one for each path, so that `customer.name`
 * and `customer.segment` share a join. `visible` tells the columns that exist for the caller; all others do not.
 */
export class Scope {
  readonly #scans: [Scan, ...Scan[]];
  readonly #byPath = new Map<string, number>([['', 0]]);

  constructor(
    private readonly catalog: Catalog,
    root: Dataset,
    private readonly visible: (dataset: Dataset, column: Column) => boolean,
  ) {
    this.#scans = [{ dataset: root, via: null }];
  }

  get scans(): readonly [Scan, ...Scan[]] {
    return this.#scans;
  }

  get root(): Dataset {
    return this.#scans[0].dataset;
  }

  /** Throws `unknown-column` with the nearest name. */
  lookUp(path: readonly string[], place: Place): ColumnUse {
    const name = path.at(-1) ?? '';
    const scan = this.follow(path.slice(0, -1), place);
    const { dataset } = this.#scans[scan] as Scan;
    const column = dataset.columns.get(name);
    if (column && this.visible(dataset, column)) {
      return { kind: 'column', scan, name, type: column.type, pointer: place.pointer };
    }
    const known = [...this.columnsOf(dataset).map((each) => each.name), ...dataset.relations.keys()];
    const of = scan === 0 ? dataset.name : path.slice(0, -1).join('.');
    throw refusal('unknown-column', `There is no column "${name}" in ${of}.`, place, suggest(name, known));
  }

  /** The columns that make rows of the query's dataset unique. Throws `column-masked` when the caller may not see one. */
  keyColumns(place: Place): readonly ColumnUse[] {
    const { name: dataset, key, columns } = this.root;
    return key.map((name) => {
      const column = columns.get(name);
      if (column && this.visible(this.root, column)) {
        return { kind: 'column', scan: 0, name, type: column.type, pointer: place.pointer };
      }
      const message = `This takes rows in the order of the key of ${dataset}, which your role may not use.`;
      throw refusal('column-masked', message, place);
    });
  }

  columnsOf(dataset: Dataset): readonly Column[] {
    return [...dataset.columns.values()].filter((column) => this.visible(dataset, column));
  }

  private follow(names: readonly string[], place: Place): number {
    let scan = 0;
    let path = '';
    for (const name of names) {
      path = `${path}/${name}`;
      scan = this.#byPath.get(path) ?? this.join(scan, name, path, place);
    }
    return scan;
  }

  private join(from: number, name: string, path: string, place: Place): number {
    const { dataset } = this.#scans[from] as Scan;
    const relation = dataset.relations.get(name);
    const target = relation && this.catalog.datasets.get(relation.dataset);
    if (!target) {
      const message = `There is no relation "${name}" in ${dataset.name}.`;
      throw refusal('unknown-column', message, place, suggest(name, dataset.relations.keys()));
    }
    checkLimit('relations', this.#scans.length, 'The query follows too many relations', place.pointer);
    this.#scans.push({ dataset: target, via: { scan: from, relation } });
    this.#byPath.set(path, this.#scans.length - 1);
    return this.#scans.length - 1;
  }
}

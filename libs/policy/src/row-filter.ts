import { Catalog, Dataset } from '@sluice/catalog';
import { Principal, SluiceError } from '@sluice/contracts';
import { BoundExpression, bindPredicate, FilterSyntax, readFilter } from '@sluice/query-dsl';
import { claimIn, claimValues } from './claims.js';
import { claimPlaces, withClaimLists } from './claim-places.js';

type Condition = FilterSyntax & { readonly kind: 'condition' };
type Value = Condition['values'][number];

/** A claim that a principal lacks, or that does not fit where the filter takes it. */
export class UnusableClaim extends Error {
  constructor(readonly claim: string) {
    super(`The claim "${claim}" is missing or does not fit.`);
  }
}

/** A row filter of the policy: in the language of queries, with `${claim}` where a value may stand (SPEC P4). */
export class RowFilter {
  private constructor(
    private readonly filter: FilterSyntax,
    /** Conditions whose claims are `true` or `false`. */
    private readonly booleans: ReadonlySet<FilterSyntax>,
    private readonly dataset: Dataset,
    private readonly catalog: Catalog,
  ) {}

  /**
   * Checks a filter against the catalogue, claims by example: each must fit the column that it meets. Throws a `SluiceError` with the
   * pointer of what is wrong.
   */
  static build(content: unknown, pointer: string, dataset: Dataset, catalog: Catalog): RowFilter {
    claimPlaces(content, pointer);
    const filter = readFilter(withClaimLists(content), pointer);
    const booleans = new Set<FilterSyntax>();
    for (const condition of conditionsIn(filter)) {
      if (exampleFor(condition, dataset, catalog) === true) booleans.add(condition);
    }
    return new RowFilter(filter, booleans, dataset, catalog);
  }

  /** The predicate for a principal at an instant (microseconds since 1970). Throws `UnusableClaim`. */
  bindFor(principal: Principal, now: bigint): BoundExpression {
    const filled = mapConditions(this.filter, (condition) => {
      const values = condition.values.flatMap((value) => this.fill(condition, value, principal));
      return { ...condition, values };
    });
    try {
      return bindPredicate(filled, this.dataset, this.catalog, now);
    } catch (error) {
      const claim = claimsIn(this.filter).find((name) => !this.fits(name, principal));
      // Without claims it was checked when it was built: then the fault is ours.
      throw error instanceof SluiceError && claim !== undefined ? new UnusableClaim(claim) : error;
    }
  }

  private fill(condition: Condition, value: Value, principal: Principal): readonly Value[] {
    const claim = claimIn(value.value);
    if (claim === undefined) return [value];
    const texts = claimValues(principal, claim);
    const takesMany = condition.operator === 'in' || condition.operator === 'notIn';
    if (!texts || (!takesMany && texts.length !== 1)) throw new UnusableClaim(claim);
    return texts.map((text) => ({
      ...value,
      value: this.booleans.has(condition) && isBooleanText(text) ? text === 'true' : text,
    }));
  }

  /** Whether each condition that takes the claim can be bound by itself. */
  private fits(claim: string, principal: Principal): boolean {
    return conditionsIn(this.filter)
      .filter(({ values }) => values.some(({ value }) => claimIn(value) === claim))
      .every((condition) => {
        const values = condition.values.flatMap((value) => this.fill(condition, value, principal));
        return canBind({ ...condition, values }, this.dataset, this.catalog);
      });
  }
}

/** Whether a condition can be bound does not depend on the clock. */
const ANY_TIME = 0n;

/** One value of each kind that a column can take. */
const EXAMPLES = ['x', '0', true, '2000-01-01'] as const;

/** A value that fits where a condition takes claims; undefined where it takes none. Throws when none fits, or without one. */
function exampleFor(condition: Condition, dataset: Dataset, catalog: Catalog): string | boolean | undefined {
  const withExample = (example: string | boolean): Condition => ({
    ...condition,
    values: condition.values.map((value) =>
      claimIn(value.value) === undefined ? value : { ...value, value: example },
    ),
  });
  if (claimsIn(condition).length > 0) {
    const fitting = EXAMPLES.find((example) => canBind(withExample(example), dataset, catalog));
    if (fitting !== undefined) return fitting;
  }
  bindPredicate(withExample(EXAMPLES[0]), dataset, catalog, ANY_TIME);
  return undefined;
}

function canBind(filter: FilterSyntax, dataset: Dataset, catalog: Catalog): boolean {
  try {
    bindPredicate(filter, dataset, catalog, ANY_TIME);
    return true;
  } catch (error) {
    if (error instanceof SluiceError) return false;
    throw error;
  }
}

function mapConditions(filter: FilterSyntax, change: (condition: Condition) => FilterSyntax): FilterSyntax {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return { ...filter, nodes: filter.nodes.map((node) => mapConditions(node, change)) };
    case 'not':
      return { ...filter, node: mapConditions(filter.node, change) };
    case 'condition':
      return change(filter);
  }
}

function conditionsIn(filter: FilterSyntax): readonly Condition[] {
  const found: Condition[] = [];
  mapConditions(filter, (condition) => {
    found.push(condition);
    return condition;
  });
  return found;
}

function claimsIn(filter: FilterSyntax): readonly string[] {
  const names = conditionsIn(filter).flatMap(({ values }) => values.map(({ value }) => claimIn(value)));
  return [...new Set(names.filter((name) => name !== undefined))];
}

const isBooleanText = (text: string): boolean => text === 'true' || text === 'false';

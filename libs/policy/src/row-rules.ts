import { BOOLEAN, Catalog } from '@sluice/catalog';
import { Principal, Role, ROLES, SluiceError } from '@sluice/contracts';
import { BoundExpression, literal, operation, pointerTo } from '@sluice/query-dsl';
import { RowRule } from './policy-file.js';
import { RowFilter, UnusableClaim } from './row-filter.js';

type Rule = 'all' | 'none' | RowFilter;

/** Which rows of a dataset each role sees, within its tenants (SPEC P4). */
export class RowRules {
  private constructor(
    private readonly dataset: string,
    private readonly rules: Readonly<Record<Role, Rule>>,
  ) {}

  /** Checks the rules of one dataset. Problems, with their places in the file, go into `problems`. */
  static build(
    name: string,
    rules: Readonly<Record<Role, RowRule>>,
    catalog: Catalog,
    problems: string[],
  ): RowRules | undefined {
    const dataset = catalog.datasets.get(name);
    if (!dataset) {
      problems.push(`rows.${name}: there is no dataset of this name`);
      return undefined;
    }
    const built: [Role, Rule][] = [];
    for (const role of ROLES) {
      const rule = rules[role];
      const pointer = pointerTo(pointerTo('/rows', name), role);
      try {
        built.push([
          role,
          typeof rule === 'string' ? rule : RowFilter.build(rule, pointer, dataset, catalog),
        ]);
      } catch (error) {
        if (!(error instanceof SluiceError)) throw error;
        problems.push(`${placeOf(error.details.pointer ?? pointer)}: ${error.message}`);
      }
    }
    return new RowRules(name, Object.fromEntries(built) as Record<Role, Rule>);
  }

  /**
   * What must hold for a row to be seen: the union of what the roles see; null when that is every row. A role whose filter
   * takes a claim that the principal lacks sees nothing; when that leaves no role, throws `claim-required` naming the claim, since an
   * empty answer would hide that the token is wrong.
   */
  predicateFor(principal: Principal, now: bigint): BoundExpression | null {
    const rules = [...new Set(principal.roles)].map((role) => this.rules[role]);
    if (rules.includes('all')) return null;
    const predicates: BoundExpression[] = [];
    const lacking: string[] = [];
    for (const rule of rules) {
      if (!(rule instanceof RowFilter)) continue;
      try {
        predicates.push(rule.bindFor(principal, now));
      } catch (error) {
        if (!(error instanceof UnusableClaim)) throw error;
        lacking.push(error.claim);
      }
    }
    const [first, ...rest] = predicates;
    if (first) return rest.length === 0 ? first : operation('or', predicates);
    if (lacking[0] !== undefined) throw claimRequired(lacking[0], this.dataset);
    return literal(BOOLEAN, false);
  }
}

function claimRequired(claim: string, dataset: string): SluiceError {
  const message = `The rows of "${dataset}" are chosen by the claim "${claim}" of your token, which is missing or does not fit.`;
  return new SluiceError('claim-required', message);
}

/** `/rows/flights/viewer/value` as the YAML author reads it: `rows.flights.viewer.value`. */
const placeOf = (pointer: string): string => pointer.slice(1).replaceAll('/', '.');

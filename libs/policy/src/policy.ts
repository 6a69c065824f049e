import { createHash } from 'node:crypto';
import { Catalog, Column } from '@sluice/catalog';
import { Principal, Role } from '@sluice/contracts';
import { BoundExpression } from '@sluice/query-dsl';
import { problemsOfClasses } from './check-classes.js';
import { PolicyFile, policyFile, TREATMENTS } from './policy-file.js';
import { RowRules } from './row-rules.js';

export type PolicyTreatment = (typeof TREATMENTS)[number];

/** What is wrong with a policy, all of it. */
export class PolicyError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`The policy is not valid:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.name = 'PolicyError';
  }
}

/** The rules that narrow a query; already checked against the catalogue. */
export class Policy {
  private constructor(
    private readonly file: PolicyFile,
    private readonly rows: ReadonlyMap<string, RowRules>,
    /** SHA-256 (hex) of the rules. */
    readonly version: string,
  ) {}

  /**
   * Checks `content` (parsed YAML) together with the catalogue. Throws `PolicyError` with every problem found.
   *
   * @param path names the file in problems
   */
  static build(content: unknown, catalog: Catalog, path = 'policy.yaml'): Policy {
    const result = policyFile.safeParse(content);
    if (!result.success) {
      throw new PolicyError(
        result.error.issues.map(
          (issue) => `${path}: ${issue.path.map(String).join('.') || 'the file'}: ${issue.message}`,
        ),
      );
    }
    const { data } = result;
    const problems = [...problemsOfClasses(data, catalog)];
    const rows = new Map<string, RowRules>();
    for (const [name, rules] of Object.entries(data.rows)) {
      const built = RowRules.build(name, rules, catalog, problems);
      if (built) rows.set(name, built);
    }
    if (problems.length > 0) throw new PolicyError(problems.map((problem) => `${path}: ${problem}`));
    return new Policy(data, rows, createHash('sha256').update(JSON.stringify(data)).digest('hex'));
  }

  /** Some role sees some class as its keyed hash, so that a key is needed. */
  get hashes(): boolean {
    return Object.values(this.file.classes).some((rules) => Object.values(rules).includes('hash'));
  }

  /** What somebody with these roles sees of a column: the most that any of the roles may see. */
  treatmentFor(column: Column, roles: readonly Role[]): PolicyTreatment {
    if (column.dataClass === null) return 'clear';
    const rules = this.file.classes[column.dataClass];
    const granted = roles
      .map((role) => (rules ? TREATMENTS.indexOf(rules[role]) : -1))
      .filter((rank) => rank >= 0);
    return TREATMENTS[Math.min(...granted)] ?? 'deny';
  }

  /**
   * What must hold for a row of a dataset to be seen, beside its tenant; null when every row is seen. Throws `claim-required`.
   */
  rowsFor(dataset: string, principal: Principal, now: bigint): BoundExpression | null {
    return this.rows.get(dataset)?.predicateFor(principal, now) ?? null;
  }

  /** Rows that a group must have to be told: the fewest that any of the roles needs. */
  smallestGroupFor(roles: readonly Role[]): number {
    const sizes = roles.map((role) => this.file.smallestGroup[role]);
    return sizes.length > 0 ? Math.min(...sizes) : Number.MAX_SAFE_INTEGER;
  }
}

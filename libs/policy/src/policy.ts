import { createHash } from 'node:crypto';
import { Catalog, Column } from '@sluice/catalog';
import { Role } from '@sluice/contracts';
import { PolicyFile, policyFile, TREATMENTS } from './policy-file.js';

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
    /** SHA-256 (hex) of the rules. */
    readonly version: string,
  ) {}

  /** Checks `content` (parsed YAML) together with the catalogue. Throws `PolicyError` with every problem found. */
  static build(content: unknown, catalog: Catalog): Policy {
    const result = policyFile.safeParse(content);
    if (!result.success) {
      throw new PolicyError(
        result.error.issues.map(
          ({ path, message }) => `${path.map(String).join('.') || 'the file'}: ${message}`,
        ),
      );
    }
    const problems = [...problemsOf(result.data, catalog)];
    if (problems.length > 0) throw new PolicyError(problems);
    return new Policy(result.data, createHash('sha256').update(JSON.stringify(result.data)).digest('hex'));
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
}

/** Keys order every page, so they must be seen as they are; a class without rules has no meaning. */
function* problemsOf(file: PolicyFile, catalog: Catalog): Iterable<string> {
  for (const dataset of catalog.datasets.values()) {
    for (const { name, dataClass } of dataset.columns.values()) {
      if (dataClass === null) continue;
      const rules = Object.hasOwn(file.classes, dataClass) ? file.classes[dataClass] : undefined;
      if (!rules) {
        yield `classes: there is no "${dataClass}", the class of ${dataset.name}.${name}`;
      } else if (dataset.key.includes(name) && Object.values(rules).some((rule) => rule !== 'clear')) {
        yield `classes.${dataClass}: ${dataset.name}.${name} is a key column, so every role must see it clear`;
      } else if (dataset.tenantColumn === name && Object.values(rules).some((rule) => rule !== 'clear')) {
        yield `classes.${dataClass}: ${dataset.name}.${name} is the tenant column, so every role must see it clear`;
      }
    }
  }
}

import { buildCatalog, Column } from '@sluice/catalog';
import { Policy, PolicyError } from './policy.js';

const dataset = (columns: object): object => ({ name: 'people', tenant: 'tenant_id', key: ['id'], columns });
const columns = {
  id: { type: 'integer' },
  email: { type: 'text', class: 'pii' },
  tenant_id: { type: 'text' },
};
const catalogOf = (content: object) => buildCatalog([{ file: 'people.yaml', content }]);
const catalog = catalogOf(dataset(columns));
const rules = { viewer: 'mask', exporter: 'partial', admin: 'clear' };

function problemsOf(content: unknown, of = catalog): readonly string[] {
  try {
    Policy.build(content, of);
  } catch (error) {
    if (error instanceof PolicyError) return error.problems;
    throw error;
  }
  throw new Error('the policy was accepted');
}

describe('Policy', () => {
  const email = catalog.datasets.get('people')?.columns.get('email') as Column;
  const id = catalog.datasets.get('people')?.columns.get('id') as Column;

  it('gives the most that any of the roles may see', () => {
    const policy = Policy.build({ version: 1, classes: { pii: rules } }, catalog);
    expect(policy.treatmentFor(email, ['viewer'])).toBe('mask');
    expect(policy.treatmentFor(email, ['viewer', 'exporter'])).toBe('partial');
    expect(policy.treatmentFor(email, ['admin', 'viewer'])).toBe('clear');
    expect(policy.treatmentFor(id, ['viewer'])).toBe('clear');
  });

  it('denies a classed column to somebody without roles', () => {
    expect(Policy.build({ version: 1, classes: { pii: rules } }, catalog).treatmentFor(email, [])).toBe(
      'deny',
    );
  });

  it('denies a column of a class that it does not know, whatever the name and the role', () => {
    const policy = Policy.build({ version: 1, classes: { pii: rules } }, catalog);
    for (const dataClass of ['other', '', 'constructor', 'toString', '__proto__', 'hasOwnProperty'])
      for (const roles of [[], ['viewer'], ['viewer', 'exporter', 'admin']] as const)
        expect(policy.treatmentFor({ ...email, dataClass }, roles)).toBe('deny');
  });

  it('has a version that follows its rules', () => {
    const one = Policy.build({ version: 1, classes: { pii: rules } }, catalog).version;
    expect(Policy.build({ version: 1, classes: { pii: { ...rules } } }, catalog).version).toBe(one);
    expect(
      Policy.build({ version: 1, classes: { pii: { ...rules, viewer: 'null' } } }, catalog).version,
    ).not.toBe(one);
  });

  it('needs the fewest rows in a group that any of the roles needs, and endlessly many without a role', () => {
    const smallestGroup = { viewer: 7, exporter: 5, admin: 1 };
    const policy = Policy.build({ version: 1, classes: { pii: rules }, smallestGroup }, catalog);
    expect(policy.smallestGroupFor(['viewer'])).toBe(7);
    expect(policy.smallestGroupFor(['viewer', 'exporter'])).toBe(5);
    expect(policy.smallestGroupFor([])).toBe(Number.MAX_SAFE_INTEGER);
    expect(Policy.build({ version: 1, classes: { pii: rules } }, catalog).smallestGroupFor(['viewer'])).toBe(
      1,
    );
  });

  it('tells whether it needs a key to hash with', () => {
    const hashing = { pii: { ...rules, viewer: 'hash' } };
    expect(Policy.build({ version: 1, classes: hashing }, catalog).hashes).toBe(true);
    const beside = { ...hashing, other: rules };
    expect(Policy.build({ version: 1, classes: beside }, catalog).hashes).toBe(true);
    expect(Policy.build({ version: 1, classes: { pii: rules } }, catalog).hashes).toBe(false);
  });

  it.each([
    [
      { version: 1, classes: { pii: rules }, smallestGroup: { viewer: 5, exporter: 5 } },
      /smallestGroup.admin: /,
    ],
    [
      { version: 1, classes: { pii: rules }, smallestGroup: { viewer: 0, exporter: 5, admin: 1.5 } },
      /viewer: must be 1 or more.*admin: must be a whole number/,
    ],
    [
      { version: 1, classes: { pii: rules }, smallestGroup: { viewer: 1, exporter: 1, admin: 1_000_001 } },
      /must be 1000000 or less/,
    ],
    [{ version: 2, classes: {} }, /version: /],
    [{ version: 1, classes: {} }, /there is no "pii", the class of people.email/],
    [{ version: 1, classes: { pii: { viewer: 'mask', exporter: 'mask' } } }, /classes.pii.admin: /],
    [
      { version: 1, classes: { pii: { ...rules, viewer: 'blur' } } },
      /policy.yaml: classes.pii.viewer: must be one of clear, hash/,
    ],
    [{ version: 1, classes: { pii: { ...rules, guest: 'mask' } } }, /guest/],
    [{ version: 1, clases: {} }, /clases/],
    ['', /the file: /],
  ])('refuses %j', (content, problem) => {
    expect(problemsOf(content).join()).toMatch(problem);
  });

  it('refuses to treat a key or tenant column, which every page needs as they are', () => {
    const key = catalogOf(dataset({ ...columns, id: { type: 'integer', class: 'pii' } }));
    const tenant = catalogOf(dataset({ ...columns, tenant_id: { type: 'text', class: 'pii' } }));
    expect(problemsOf({ version: 1, classes: { pii: rules } }, key).join()).toMatch(
      /people.id is a key column/,
    );
    expect(problemsOf({ version: 1, classes: { pii: rules } }, tenant).join()).toMatch(
      /is the tenant column/,
    );
    const hashed = { pii: { viewer: 'hash', exporter: 'hash', admin: 'clear' } };
    expect(() => Policy.build({ version: 1, classes: hashed }, key)).not.toThrow();
    expect(problemsOf({ version: 1, classes: hashed }, tenant).join()).toMatch(/is the tenant column/);
  });

  /** Along a relation, the key of the target is the value of the column that points to it. */
  it('refuses to treat the two ends of a relation differently for any role', () => {
    const linked = (boss: object) =>
      catalogOf({
        ...dataset({ ...columns, id: { type: 'integer', class: 'person' }, boss }),
        relations: { lead: { dataset: 'people', columns: ['boss'] } },
      });
    const classes = {
      pii: rules,
      person: { viewer: 'hash', exporter: 'hash', admin: 'clear' },
      other: { viewer: 'hash', exporter: 'deny', admin: 'clear' },
      same: { viewer: 'hash', exporter: 'hash', admin: 'clear' },
    };
    const clear = { viewer: 'clear', exporter: 'clear', admin: 'clear' };
    const unclassed = linked({ type: 'integer' });
    expect(() =>
      Policy.build({ version: 1, classes: { ...classes, person: clear } }, unclassed),
    ).not.toThrow();
    const build = (dataClass: string | null) =>
      problemsOf({ version: 1, classes }, linked({ type: 'integer', class: dataClass }));
    expect(build(null).join()).toMatch(
      /people.boss points to people.id, so the role viewer must see both alike/,
    );
    expect(build('other').join()).toMatch(/so the role exporter must see both alike/);
    expect(build('unknown')).toEqual([
      expect.stringContaining('there is no "unknown", the class of people.boss'),
      expect.stringContaining('so the role viewer must see both alike'),
    ]);
    expect(() => build('person')).toThrow('the policy was accepted');
    expect(() => build('same')).toThrow('the policy was accepted');
  });

  it('takes a class on a key or tenant column that every role sees as it is', () => {
    const clear = { viewer: 'clear', exporter: 'clear', admin: 'clear' };
    const classed = { type: 'text', class: 'pii' };
    const both = catalogOf(dataset({ ...columns, id: classed, tenant_id: classed }));
    expect(() => Policy.build({ version: 1, classes: { pii: clear } }, both)).not.toThrow();
    for (const role of ['viewer', 'exporter', 'admin'])
      expect(problemsOf({ version: 1, classes: { pii: { ...clear, [role]: 'null' } } }, both)).toHaveLength(
        2,
      );
  });

  it('needs rules of its own for a class, however it is called', () => {
    const named = (dataClass: string) =>
      catalogOf(dataset({ ...columns, email: { type: 'text', class: dataClass } }));
    expect(problemsOf({ version: 1 }, named('constructor')).join()).toContain('there is no "constructor"');
  });

  it('says all that is wrong, a line each', () => {
    const two = catalogOf(
      dataset({ ...columns, card: { type: 'text', class: 'a' }, phone: { type: 'text', class: 'b' } }),
    );
    expect(() => Policy.build({ version: 1, classes: { pii: rules } }, two)).toThrow(
      expect.objectContaining({
        name: 'PolicyError',
        message: [
          'The policy is not valid:',
          '  policy.yaml: classes: there is no "a", the class of people.card',
          '  policy.yaml: classes: there is no "b", the class of people.phone',
        ].join('\n'),
      }),
    );
  });
});

import { buildCatalog, CatalogError } from './build-catalog.js';

const airports = {
  name: 'airports',
  shared: true,
  key: ['iata'],
  columns: { iata: { type: 'text' }, elevation: { type: 'decimal(8, 2)' } },
};

const flights = {
  name: 'flights',
  tenant: 'tenant_id',
  default: true,
  key: ['flight_id'],
  columns: {
    flight_id: { type: 'integer', description: 'Number of the flight' },
    origin: { type: 'text' },
    pilot: { type: 'text', class: 'pii' },
    tenant_id: { type: 'text' },
  },
  relations: { origin_airport: { dataset: 'airports', columns: ['origin'] } },
};

const source = (content: unknown, file = 'a.yaml') => ({ file, content });

function problemsOf(...contents: unknown[]): readonly string[] {
  try {
    buildCatalog(contents.map((content, index) => source(content, `${index}.yaml`)));
  } catch (error) {
    if (error instanceof CatalogError) return error.problems;
    throw error;
  }
  throw new Error('the catalogue was accepted');
}

describe('buildCatalog', () => {
  it('makes datasets with typed columns, classes and relations', () => {
    const catalog = buildCatalog([source(flights), source(airports, 'b.yaml')]);
    expect(catalog.defaultDataset).toBe('flights');
    const built = catalog.datasets.get('flights');
    expect(built?.columns.get('pilot')).toEqual({
      name: 'pilot',
      type: { kind: 'text' },
      description: '',
      dataClass: 'pii',
    });
    expect(built?.relations.get('origin_airport')?.dataset).toBe('airports');
    expect(catalog.datasets.get('airports')?.columns.get('elevation')?.type).toEqual({
      kind: 'decimal',
      precision: 8,
      scale: 2,
    });
  });

  it('reads what a large table needs: a condition on the key, or on the columns it names', () => {
    const largeOf = (largeTable: object, more: object = {}) =>
      buildCatalog([source({ ...flights, relations: {}, largeTable, ...more })]).datasets.get('flights')
        ?.largeTable;
    expect(largeOf({ rows: 5 }, { key: ['flight_id', 'tenant_id'] })).toEqual({
      rows: 5,
      conditionOn: ['flight_id'],
    });
    expect(largeOf({ rows: 5, conditionOn: ['origin'] })).toEqual({ rows: 5, conditionOn: ['origin'] });
    expect(buildCatalog([source(airports)]).datasets.get('airports')?.largeTable).toBeNull();
    const problems = (largeTable: object, more: object = {}) =>
      problemsOf({ ...flights, relations: {}, largeTable, ...more });
    expect(problems({ rows: 5, conditionOn: ['nope', 'tenant_id'] })).toEqual([
      '0.yaml: largeTable.conditionOn: there is no column "nope"',
      '0.yaml: largeTable.conditionOn: "tenant_id" is the tenant, which narrows nothing',
    ]);
    expect(problems({ rows: 5 }, { key: ['tenant_id'] })).toEqual([
      '0.yaml: largeTable: needs conditionOn: the key is the tenant alone',
    ]);
    expect(problems({ rows: -1 })).toHaveLength(1);
  });

  it('has a version that follows the content, not the order of the files', () => {
    const one = buildCatalog([source(flights), source(airports, 'b.yaml')]);
    const other = buildCatalog([source(airports, 'b.yaml'), source(flights)]);
    const changed = buildCatalog([source({ ...flights, description: 'x' }), source(airports, 'b.yaml')]);
    expect(other.version).toBe(one.version);
    expect(changed.version).not.toBe(one.version);
  });

  it('refuses a fact without a tenant column', () => {
    const { tenant: _, ...withoutTenant } = flights;
    expect(problemsOf(withoutTenant, airports)).toEqual([
      expect.stringContaining('0.yaml: tenant: is missing'),
    ]);
  });

  it.each([
    ['an unknown key', { ...airports, colour: 1 }, /colour/],
    ['a reserved name', { ...airports, name: 'system' }, /name: is reserved/],
    ['a name that could not be an identifier', { ...airports, name: 'a"b' }, /name: must be a letter/],
    ['an unknown type', { ...airports, columns: { iata: { type: 'varchar' } } }, /"varchar" is not a type/],
    ['an impossible decimal', { ...airports, columns: { iata: { type: 'decimal(2,5)' } } }, /not a type/],
    ['a key without column', { ...airports, key: ['icao'] }, /key: there is no column "icao"/],
    ['a tenant column that is shared', { ...airports, tenant: 'iata' }, /shared: cannot stand beside/],
    ['something that is not a mapping', 'flights', /the file: /],
  ])('names %s', (_, content, problem) => {
    expect(problemsOf(content).join()).toMatch(problem);
  });

  it.each([
    ['an unknown dataset', { dataset: 'ports', columns: ['origin'] }, /no dataset "ports"/],
    ['an unknown column', { dataset: 'airports', columns: ['start'] }, /no column "start"/],
    [
      'columns that do not match the key',
      { dataset: 'airports', columns: ['origin', 'pilot'] },
      /needs 1 columns/,
    ],
    [
      'types that differ',
      { dataset: 'airports', columns: ['flight_id'] },
      /is integer, but airports.iata is text/,
    ],
  ])('refuses a relation with %s', (_, relation, problem) => {
    const broken = { ...flights, relations: { origin_airport: relation } };
    expect(problemsOf(broken, airports)).toEqual([expect.stringMatching(problem)]);
  });

  it('finds what is wrong between files', () => {
    const clash = { ...flights, relations: { pilot: { dataset: 'airports', columns: ['origin'] } } };
    expect(problemsOf(clash, airports).join()).toMatch(/relations.pilot: a column has the same name/);
    expect(problemsOf(airports, airports).join()).toMatch(/stands in another file too/);
    expect(problemsOf(flights, { ...airports, default: true }).join()).toMatch(
      /both claim to be the default/,
    );
    expect(problemsOf({ ...flights, tenant: 'flight_id' }, airports).join()).toMatch(/must be of type text/);
    expect(problemsOf({ ...flights, tenant: 'nobody' }, airports).join()).toMatch(/no column "nobody"/);
  });
});

import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Principal } from '@sluice/contracts';
import { MaskKey } from '@sluice/query-dsl';
import { stringify } from 'yaml';
import { GovernanceFiles, loadGovernance, planQuery } from '../src/index.js';
import { TREATMENTS } from '../src/policy-file.js';

const PAGE = join(__dirname, '../../../docs/policy.md');
const maskKey = new MaskKey(Buffer.alloc(32, 3));

const ORDERS = {
  name: 'orders',
  tenant: 'tenant_id',
  default: true,
  key: ['id'],
  columns: {
    id: { type: 'integer' },
    tenant_id: { type: 'text' },
    region: { type: 'text' },
    status: { type: 'text' },
    name: { type: 'text', class: 'pii' },
    phone: { type: 'text', class: 'contact' },
    buyer: { type: 'integer', class: 'person' },
    card: { type: 'text', class: 'secret' },
  },
};
const SALARIES = {
  name: 'salaries',
  tenant: 'tenant_id',
  key: ['id'],
  columns: { id: { type: 'integer' }, tenant_id: { type: 'text' } },
};

let home: string;
let text: string;
let example: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'sluice-policy-'));
  text = await readFile(PAGE, 'utf8');
  [, example = ''] = /```yaml\n# policy.yaml\n(.*?)```/s.exec(text) ?? [];
  await writeFile(join(home, 'policy.yaml'), example);
  await mkdir(join(home, 'catalog'));
  for (const dataset of [ORDERS, SALARIES]) {
    await writeFile(join(home, 'catalog', `${dataset.name}.yaml`), stringify(dataset));
  }
});
afterAll(() => rm(home, { recursive: true, force: true }));

const load = (key: MaskKey | undefined = maskKey) =>
  loadGovernance(join(home, 'catalog'), join(home, 'policy.yaml'), key);
const viewer = (claims: Principal['claims'] = {}): Principal => ({
  subject: 's',
  clientId: 'c',
  tenants: ['CA'],
  roles: ['viewer'],
  claims,
});

describe('docs/policy.md', () => {
  it('has an example that loads, and does what the page says of it', async () => {
    const governance = await load();
    const plan = (body: object, caller = viewer({ regions: ['West'] })) =>
      planQuery(
        { body: { page: { limit: 1 }, ...body }, principal: caller, purpose: 'page', now: 0n },
        governance,
      );
    const { scans, items, smallestGroup } = plan({});
    expect(smallestGroup).toBe(5);
    expect(scans[0].predicates).toHaveLength(2);
    expect(items.map(({ name }) => [name, scans[0].treatments.get(name)])).toEqual([
      ['id', 'clear'],
      ['tenant_id', 'clear'],
      ['region', 'clear'],
      ['status', 'clear'],
      ['name', 'mask'],
      ['phone', 'partial'],
      ['buyer', 'hash'],
    ]);
    expect(() => plan({}, viewer())).toThrow('the claim "regions"');
    expect(plan({ dataset: 'salaries' }, viewer()).scans[0].predicates).toHaveLength(2);
  });

  it('names every treatment, in the order of what they show', () => {
    const [, table = ''] = /\| Treatment (.*?)\n\n/s.exec(text) ?? [];
    expect([...table.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name)).toEqual([...TREATMENTS]);
  });

  it('names every key of the file', () => {
    const [, table = ''] = /\| Key (.*?)\n\n/s.exec(text) ?? [];
    expect([...table.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name)).toEqual([
      'version',
      'classes',
      'rows',
      'smallestGroup',
    ]);
  });
});

describe('the files of the policy (P6)', () => {
  it('are refused with their path, and the old ones stay in force', async () => {
    const refused: unknown[] = [];
    const files = await GovernanceFiles.open(load, (error) => refused.push(error));
    const before = files.current();
    const path = join(home, 'policy.yaml');
    await writeFile(path, example.replace('column: region', 'column: regoin'));
    await files.refresh();
    expect(files.current()).toBe(before);
    expect(String(refused[0])).toContain(`${path}: rows.orders.viewer.column: There is no column "regoin"`);
    await writeFile(path, 'version: [');
    await files.refresh();
    expect(String(refused[1])).toContain(`${path}: is not YAML`);
    await writeFile(path, example.replace('pii: { viewer: mask', 'pii: { viewer: clear'));
    await files.refresh();
    expect(files.current().policy.version).not.toBe(before.policy.version);
    await writeFile(path, example);
  });

  it('are refused where a class is hashed and no key is given', async () => {
    const loading = loadGovernance(join(home, 'catalog'), join(home, 'policy.yaml'));
    await expect(loading).rejects.toThrow('no key was given to hash with');
  });
});

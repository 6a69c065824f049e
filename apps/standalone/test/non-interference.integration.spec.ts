/**
 * The parts that answer have specs of their own, which are measured.
 *
 * @unmeasured
 */
import fc from 'fast-check';
import { withFlatShape } from './non-interference/flat-engine.js';
import { type Asked, asked } from './non-interference/requests.js';
import {
  MARK,
  OTHER_PLACES,
  OTHER_ROWS,
  OWN_PLACES,
  OWN_ROWS,
  PLACES,
  POLICY,
  ROWS,
} from './non-interference/tables.js';
import { startWholeService, Tokens, type WholeService } from './non-interference/whole-service.js';

/**
 * What other tenants hold changes nothing for a tenant: each generated request is sent over HTTP to two services, one whose data also hold a
 * tenant with rows that make operators raise and that carry a mark. Status, headers, body, cursor and record must be the same, and never
 * show the mark. `SLUICE_NON_INTERFERENCE_RUNS` asks for more than the 2,000 of a usual run, `SLUICE_SEED` for others.
 */
const RUNS = Number(process.env['SLUICE_NON_INTERFERENCE_RUNS'] ?? 2_000);
const SEED = Number(process.env['SLUICE_SEED'] ?? 20_240_310);
const CALIBRATION_RUNS = 1_000;
/** Most time for one request, to all services, on a busy small machine. */
const MS_PER_REQUEST = 1_000;

const own = [
  { sql: OWN_ROWS, dataset: ROWS },
  { sql: OWN_PLACES, dataset: PLACES },
];
const all = [
  { sql: `${OWN_ROWS} union all ${OTHER_ROWS}`, dataset: ROWS },
  { sql: `${OWN_PLACES} union all ${OTHER_PLACES}`, dataset: PLACES },
];

let tokens: Tokens;
const authorizations = new Map<string, string>();
const running: WholeService[] = [];

beforeAll(async () => {
  tokens = await Tokens.start();
  for (const role of ['viewer', 'exporter', 'admin']) {
    for (const tenants of [['CA'], ['CA', 'NY'], ['TX']]) {
      authorizations.set(`${role} ${tenants.join()}`, `Bearer ${await tokens.give(tenants, role)}`);
    }
  }
});
afterAll(async () => {
  for (const service of running) await service.close();
  tokens.stop();
});

async function start(...options: Parameters<typeof startWholeService>): Promise<WholeService> {
  const service = await startWholeService(...options);
  running.push(service);
  return service;
}

/** What differs between any two answers, or follows from it. */
const PASSING_HEADERS = ['date', 'content-length', 'connection', 'keep-alive', 'sluice-query-id'];
const PASSING_VALUES = /"(executionMs|queryId)":("[^"]*"|[\d.]+)/g;

interface Seen {
  readonly answered: boolean;
  readonly text: string;
}

/** Everything that a caller sees of an answer, and the record that was kept of it. */
async function see(service: WholeService, { body, path, role, tenants, accept }: Asked): Promise<Seen> {
  service.records.length = 0;
  const response = await fetch(service.url + path, {
    method: 'POST',
    headers: {
      accept,
      authorization: authorizations.get(`${role} ${tenants.join()}`) ?? '',
      'content-type': 'application/json',
      'x-request-id': 'same',
    },
    body: JSON.stringify(body),
  });
  const headers = [...response.headers].filter(([name]) => !PASSING_HEADERS.includes(name));
  const text = (await response.text()).replaceAll(PASSING_VALUES, '"$1":0');
  const records = service.records.map((record) => ({ ...record, id: '', at: '', durationMs: 0 }));
  const isAnswered = response.status === 200;
  return { answered: isAnswered, text: JSON.stringify([response.status, headers, text, records]) };
}

/** What a caller sees is the same of both, and holds no mark. */
async function sameOf(alone: WholeService, among: WholeService, request: Asked): Promise<Seen> {
  const [mine, theirs] = await Promise.all([see(alone, request), see(among, request)]);
  expect(theirs.text).toBe(mine.text);
  expect(theirs.text).not.toContain(MARK.slice(0, 8));
  return mine;
}

it(
  'holds for generated requests',
  async () => {
    const alone = await start(own, POLICY, tokens);
    const among = await start(all, POLICY, tokens);
    let answered = 0;
    await fc.assert(
      fc.asyncProperty(asked, async (request) => {
        const seen = await sameOf(alone, among, request);
        expect(seen.text).not.toContain('"code":"internal"');
        // No row makes an operator raise, not even for the tenant whose it is.
        const others = await see(among, { ...request, tenants: ['TX'] });
        expect(others.text).not.toContain('"code":"internal"');
        if (seen.answered) answered += 1;
      }),
      { numRuns: RUNS, seed: SEED },
    );
    // A generator that only makes refused requests would show nothing.
    expect(answered).toBeGreaterThan(RUNS / 4);
  },
  120_000 + RUNS * MS_PER_REQUEST,
);

it('is found broken when the policy stands beside what the caller wrote', async () => {
  const alone = await start(own, POLICY, tokens, withFlatShape);
  const among = await start(all, POLICY, tokens, withFlatShape);
  const property = fc.asyncProperty(asked, async (request) => {
    await sameOf(alone, among, request);
  });
  const { failed } = await fc.check(property, {
    numRuns: CALIBRATION_RUNS,
    seed: SEED,
  });
  expect(failed).toBe(true);
});

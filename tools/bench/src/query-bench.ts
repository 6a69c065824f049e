import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DirectSide } from './direct-side.js';
import { Load, measure, Measurement } from './measure.js';
import { pageOf, statementsOf } from './pages.js';
import { ServiceSide } from './service-side.js';

const LOAD: Load = { clients: 16, seconds: 8 };
const WARM_UP: Load = { clients: 16, seconds: 2 };
const ROUNDS = 3;
const PORT = 3999;

export interface Row {
  readonly name: string;
  readonly service: Measurement;
  readonly direct: Measurement | null;
}

/**
 * Pages over three million flights, 16 clients: through the whole service, and the same SQL on the engine alone, in turns. The sides never
 * run at once; the best of three rounds counts for each, since other work on the machine can only slow a round down.
 */
export async function runQueryBench(say: (line: string) => void): Promise<readonly Row[]> {
  const home = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
  say('starting the service, with an import of its own …');
  const service = await ServiceSide.start(home, PORT, LOAD.clients);
  const direct = await DirectSide.open(home, LOAD.clients);
  try {
    const statement = await statementsOf(home);
    const rows: Row[] = [];
    for (const limit of [100, 5_000]) {
      say(`uncached pages of ${limit} …`);
      const askService = async (_: number, turn: number): Promise<void> => {
        await service.ask(pageOf(limit, turn), { 'cache-control': 'no-cache' });
      };
      const askDirect = (client: number, turn: number): Promise<void> =>
        direct.ask(client, statement(limit, turn));
      rows.push({ name: `uncached page of ${limit}`, ...(await inTurns(askService, askDirect)) });
    }
    say('cached pages and 304 …');
    const { etag } = await service.ask(pageOf(100, 0));
    const cached = await best(async () => void (await service.ask(pageOf(100, 0))));
    const unchanged = await best(
      async () => void (await service.ask(pageOf(100, 0), { 'if-none-match': etag ?? '' })),
    );
    rows.push({ name: 'cached page of 100', service: cached, direct: null });
    rows.push({ name: '304', service: unchanged, direct: null });
    return rows;
  } finally {
    direct.close();
    await service.stop();
    await rm(home, { recursive: true, force: true });
  }
}

type Ask = (client: number, turn: number) => Promise<void>;

async function inTurns(service: Ask, direct: Ask): Promise<Pick<Row, 'service' | 'direct'>> {
  const measured: { service: Measurement; direct: Measurement }[] = [];
  await measure(WARM_UP, service);
  await measure(WARM_UP, direct);
  for (let round = 0; round < ROUNDS; round++) {
    measured.push({ service: await measure(LOAD, service), direct: await measure(LOAD, direct) });
  }
  return {
    service: fastest(measured.map((each) => each.service)),
    direct: fastest(measured.map((each) => each.direct)),
  };
}

async function best(ask: Ask): Promise<Measurement> {
  await measure(WARM_UP, ask);
  const rounds: Measurement[] = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push(await measure(LOAD, ask));
  return fastest(rounds);
}

function fastest(rounds: readonly Measurement[]): Measurement {
  return [...rounds].sort((a, b) => b.rate - a.rate)[0] as Measurement;
}

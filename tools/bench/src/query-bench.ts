import { Statement } from '@sluice/query-dsl';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DirectSide } from './direct-side.js';
import { EmptySide } from './empty-side.js';
import { Comparison, inTurns } from './in-turns.js';
import { PAGE_KINDS, statementsOf, VARIANTS } from './pages.js';
import { ServiceSide } from './service-side.js';

const CLIENTS = 16;
const PORT = 3999;
const MANY_REQUESTS = 100_000;

export interface QueryBench {
  readonly comparisons: readonly Comparison[];
  /** Resident memory in MiB after so many requests. */
  readonly memory: readonly { readonly requests: number; readonly mib: number }[];
}

/**
 * Pages over three million flights, 16 clients, in turns: uncached ones through the whole service beside the same SQL on the engine alone
 * (ratio of answers a second), cached ones and 304 beside an empty authenticated route (ratio of the median times). Then the memory of the
 * service over 100,000 requests.
 */
export async function runQueryBench(say: (line: string) => void): Promise<QueryBench> {
  const home = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
  say('starting the service, with an import of its own …');
  const service = await ServiceSide.start(home, PORT);
  try {
    const comparisons = [
      ...(await compareUncached(home, service, say)),
      ...(await compareCached(service, say)),
    ];
    say(`memory over ${MANY_REQUESTS.toLocaleString('en-US')} requests …`);
    return { comparisons, memory: await memoryOver(service) };
  } finally {
    await service.stop();
    await rm(home, { recursive: true, force: true });
  }
}

async function compareUncached(
  home: string,
  service: ServiceSide,
  say: (line: string) => void,
): Promise<readonly Comparison[]> {
  const direct = await DirectSide.open(home, CLIENTS);
  const statementOf = await statementsOf(home);
  try {
    const comparisons: Comparison[] = [];
    for (const { name, body } of PAGE_KINDS) {
      say(`uncached ${name} …`);
      const askService = async (_: number, turn: number): Promise<void> => {
        await service.ask(body(turn), { 'cache-control': 'no-cache' });
      };
      // Compiled before: the engine alone has no query language.
      const statements = Array.from({ length: VARIANTS }, (_, turn) => statementOf(body(turn)));
      const askDirect = (client: number, turn: number): Promise<void> =>
        direct.ask(client, statements[turn % VARIANTS] as Statement);
      comparisons.push(await inTurns(`uncached ${name}`, 'rate', askService, askDirect));
    }
    return comparisons;
  } finally {
    direct.close();
  }
}

const CACHED = (PAGE_KINDS[0] as (typeof PAGE_KINDS)[0]).body(0);

async function compareCached(
  service: ServiceSide,
  say: (line: string) => void,
): Promise<readonly Comparison[]> {
  const empty = await EmptySide.start();
  const body = JSON.stringify(CACHED);
  try {
    const { etag } = await service.ask(CACHED);
    const askEmpty = (): Promise<void> => empty.ask(body);
    say('cached page of 100 …');
    const cached = await inTurns(
      'cached page of 100',
      'p50',
      async () => void (await service.ask(CACHED)),
      askEmpty,
    );
    say('304 …');
    const headers = { 'if-none-match': etag ?? '' };
    const unchanged = await inTurns(
      '304',
      'p50',
      async () => void (await service.ask(CACHED, headers)),
      askEmpty,
    );
    return [cached, unchanged];
  } finally {
    await empty.stop();
  }
}

/** Every tenth request runs on the engine, the others are answered from the cache. */
async function memoryOver(service: ServiceSide): Promise<QueryBench['memory']> {
  const kind = PAGE_KINDS[0] as (typeof PAGE_KINDS)[0];
  const seen: { requests: number; mib: number }[] = [];
  let next = 0;
  const loop = async (): Promise<void> => {
    while (next < MANY_REQUESTS) {
      const turn = next++;
      await service.ask(kind.body(turn), turn % 10 === 0 ? { 'cache-control': 'no-cache' } : {});
      if ((turn + 1) % (MANY_REQUESTS / 10) === 0) {
        seen.push({ requests: turn + 1, mib: Math.round(await service.residentMib()) });
      }
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, loop));
  return seen;
}

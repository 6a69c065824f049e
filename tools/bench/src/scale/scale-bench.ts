import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Load, measure, Measurement } from '../measure.js';
import { PAGE_KINDS, PageKind } from '../pages.js';
import { ServiceSide } from '../service-side.js';
import { processorTimes, ProcessorTimes, usedSince } from './processor-time.js';
import { StackShape, StackSide } from './stack-side.js';

const SHAPES: readonly StackShape[] = [
  { gateways: 1, queryServices: 1 },
  { gateways: 1, queryServices: 2 },
  { gateways: 1, queryServices: 3 },
  { gateways: 2, queryServices: 3 },
];
const ROUNDS = 3;
const LOAD: Load = { clients: 16, seconds: 5 };
const WARM_UP: Load = { clients: 16, seconds: 3 };
const ALONE: Load = { clients: 1, seconds: 3 };
const PORT = 3997;
const FRESH = { 'cache-control': 'no-cache' };

interface Work {
  readonly name: string;
  readonly load: Load;
  readonly ask: (stack: StackSide, turn: number) => Promise<unknown>;
}

const [SMALL, , LARGE] = PAGE_KINDS as readonly [PageKind, PageKind, PageKind];
const WORKS: readonly Work[] = [
  {
    name: 'uncached page of 100',
    load: LOAD,
    ask: (stack, turn) => stack.ask(turn, SMALL.body(turn), FRESH),
  },
  {
    name: 'uncached page of 5,000',
    load: LOAD,
    ask: (stack, turn) => stack.ask(turn, LARGE.body(turn), FRESH),
  },
  { name: 'cached page of 100', load: LOAD, ask: (stack, turn) => stack.ask(turn, SMALL.body(0)) },
  {
    name: 'cached page of 100, one client',
    load: ALONE,
    ask: (stack, turn) => stack.ask(turn, SMALL.body(0)),
  },
];

interface Seen {
  readonly measured: Measurement;
  /** Processor time by process, in ms for each answer. */
  readonly perAnswer: ProcessorTimes;
}

export interface ScaleRow {
  readonly work: string;
  readonly shape: StackShape;
  readonly rounds: readonly Seen[];
}

/**
 * Pages through gateway, broker and query-service as processes, with more and more of them on one machine, in turns; and what each process
 * spends on an answer, which is what a larger machine or cluster can be reckoned from.
 */
export async function runScaleBench(say: (line: string) => void): Promise<readonly ScaleRow[]> {
  const home = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
  try {
    say('importing the flights …');
    await (await ServiceSide.start(home, PORT)).stop();
    const stack = await StackSide.start(home, say);
    try {
      return await measureAll(stack, say);
    } finally {
      await stack.stop();
    }
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

async function measureAll(stack: StackSide, say: (line: string) => void): Promise<readonly ScaleRow[]> {
  const rows = SHAPES.flatMap((shape) =>
    WORKS.map((work) => ({ work: work.name, shape, rounds: [] as Seen[] })),
  );
  for (let round = 1; round <= ROUNDS; round++) {
    for (const shape of SHAPES) {
      say(`round ${String(round)}: ${describe(shape)} …`);
      await stack.reshape(shape);
      await measure(WARM_UP, async (_, turn) => void (await stack.ask(turn, SMALL.body(turn), FRESH)));
      for (const work of WORKS) {
        const row = rows.find((each) => each.shape === shape && each.work === work.name);
        row?.rounds.push(await measureOne(stack, work));
      }
    }
  }
  return rows;
}

async function measureOne(stack: StackSide, { load, ask }: Work): Promise<Seen> {
  const before = await processorTimes(stack.names);
  const measured = await measure(load, async (_, turn) => void (await ask(stack, turn)));
  const used = usedSince(before, await processorTimes(stack.names));
  const answers = measured.rate * load.seconds;
  return { measured, perAnswer: new Map([...used].map(([name, ms]) => [name, ms / answers])) };
}

const describe = ({ gateways, queryServices }: StackShape): string =>
  `${String(gateways)} and ${String(queryServices)}`;

const SPENDERS = ['gateway', 'query-service', 'audit-service', 'RabbitMQ', 'Redis', 'PostgreSQL', 'clients'];

/** Answers a second, their ratio to those of one service of each, and processor time, as a table. */
export function scaleTable(rows: readonly ScaleRow[]): string {
  return [
    `| Pages | gateways and query-services | answers /s | of those of 1 and 1 | p50 ms | p95 ms | ${SPENDERS.map((name) => `${name} ms`).join(' | ')} |`,
    `|---|---|---|---|---|---|${'---|'.repeat(SPENDERS.length)}`,
    ...rows.map((row) => tableRow(row, rows)),
  ].join('\n');
}

function tableRow(row: ScaleRow, rows: readonly ScaleRow[]): string {
  const [first] = rows.filter(({ work }) => work === row.work);
  const ratios = row.rounds.map(
    ({ measured }, round) => measured.rate / (first?.rounds[round]?.measured.rate ?? Number.NaN),
  );
  const range = `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`;
  const cells = [
    row.work,
    describe(row.shape),
    middle(row.rounds.map(({ measured }) => measured.rate)).toFixed(0),
    `${middle(ratios).toFixed(2)} (${range})`,
    middle(row.rounds.map(({ measured }) => measured.p50)).toFixed(1),
    middle(row.rounds.map(({ measured }) => measured.p95)).toFixed(1),
    ...SPENDERS.map((name) => middle(row.rounds.map(({ perAnswer }) => perAnswer.get(name) ?? 0)).toFixed(2)),
  ];
  return `| ${cells.join(' | ')} |`;
}

function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? Number.NaN;
}

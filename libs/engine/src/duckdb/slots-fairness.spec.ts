import fc from 'fast-check';
import { ReleaseSlot, Slots } from './slots.js';

const LIMITS = { concurrency: 3, maxWaiting: 6, waitTimeoutMs: 60_000 };

type Action = readonly [kind: 'acquire' | 'abort' | 'release' | 'close', which: number];

const actions = fc.array(
  fc.tuple(
    fc.constantFrom<Action[0]>(
      ...Array<'acquire'>(8).fill('acquire'),
      'abort',
      'abort',
      'release',
      'release',
      'release',
      'close',
    ),
    fc.nat(),
  ) as fc.Arbitrary<Action>,
  { maxLength: 120 },
);

interface Asked {
  readonly abort: AbortController;
  outcome: 'waiting' | 'refused' | ReleaseSlot;
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

function ask(slots: Slots, tenant: string): Asked {
  const asked: Asked = { abort: new AbortController(), outcome: 'waiting' };
  slots.acquire(asked.abort.signal, tenant).then(
    (release) => (asked.outcome = release),
    () => (asked.outcome = 'refused'),
  );
  return asked;
}

async function act(slots: Slots, [kind, which]: Action, all: Asked[]): Promise<void> {
  const pick = <T>(from: readonly T[]): T | undefined => from[which % Math.max(1, from.length)];
  if (kind === 'acquire') all.push(ask(slots, `t${which % 4}`));
  if (kind === 'abort') pick(all)?.abort.abort();
  if (kind === 'close' && which % 10 === 0) void slots.close(0);
  const held = pick(all.map(({ outcome }) => outcome).filter((outcome) => typeof outcome === 'function'));
  if (kind === 'release') held?.();
  await settle();
}

it('loses no slot and gives none too many, whatever comes in whatever order', async () => {
  await fc.assert(
    fc.asyncProperty(actions, async (sequence) => {
      const seen: number[] = [];
      const slots = new Slots(LIMITS, ({ running }) => seen.push(running));
      const all: Asked[] = [];
      for (const action of sequence) {
        await act(slots, action, all);
        const { running, waiting } = slots.load();
        expect(waiting).toBe(all.filter(({ outcome }) => outcome === 'waiting').length);
        expect(waiting).toBeLessThanOrEqual(LIMITS.maxWaiting);
        if (running < LIMITS.concurrency) expect(waiting).toBe(0);
      }
      expect(Math.max(0, ...seen)).toBeLessThanOrEqual(LIMITS.concurrency);
      await slots.close(0);
      await settle();
      for (const { outcome } of all) if (typeof outcome === 'function') outcome();
      expect(slots.load()).toEqual({ running: 0, waiting: 0 });
      expect(all.filter(({ outcome }) => outcome === 'waiting')).toEqual([]);
    }),
  );
});

/** (Σx)² / (n Σx²), from 1/n to 1 (Jain, Chiu and Hawe, 1984). */
function jainIndex(shares: readonly number[]): number {
  const sum = shares.reduce((total, share) => total + share, 0);
  const squares = shares.reduce((total, share) => total + share * share, 0);
  return (sum * sum) / (shares.length * squares);
}

it('shares the slots out evenly under overload, although tenant 10 asks ten times as much as tenant 1', async () => {
  const slots = new Slots({ concurrency: 4, maxWaiting: 40, waitTimeoutMs: 60_000 });
  const served = Array<number>(10).fill(0);
  const held: ReleaseSlot[] = [];
  let refused = 0;
  const inFlight = Array<number>(10).fill(0);
  const submit = (tenant: number) => {
    inFlight[tenant]! += 1;
    slots.acquire(new AbortController().signal, `t${tenant}`).then(
      (release) => {
        served[tenant]! += 1;
        held.push(() => {
          release();
          inFlight[tenant]! -= 1;
        });
      },
      () => {
        inFlight[tenant]! -= 1;
        refused += 1;
      },
    );
  };
  for (let round = 0; round < 2_000; round += 1) {
    for (let tenant = 9; tenant >= 0; tenant -= 1) while (inFlight[tenant]! < tenant + 1) submit(tenant);
    await settle();
    held.shift()?.();
    await settle();
  }
  expect(refused).toBeGreaterThan(1_000);
  // Who asks for one thing at a time is not in line while it runs, so a little below the tenth of 2,000.
  expect(Math.min(...served)).toBeGreaterThan(130);
  expect(jainIndex(served)).toBeGreaterThan(0.97);
  await slots.close(0);
});

it('tells one who is turned away how long the line takes', async () => {
  jest.useFakeTimers();
  const slots = new Slots({ concurrency: 1, maxWaiting: 3, waitTimeoutMs: 60_000 });
  const never = new AbortController().signal;
  const release = await slots.acquire(never);
  const waiting = [1, 2, 3].map(() => slots.acquire(never));
  jest.advanceTimersByTime(4_000);
  await expect(slots.acquire(never)).rejects.toMatchObject({ details: { retryAfter: 12 } });
  release();
  for (const turn of waiting) (await turn)();
  jest.useRealTimers();
});

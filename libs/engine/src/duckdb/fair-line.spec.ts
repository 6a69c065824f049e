import fc from 'fast-check';
import { FairLine } from './fair-line.js';

interface Item {
  readonly tenant: string;
}

type Step = readonly ['join' | 'serve' | 'end', tenant: number];

const steps = fc.array(
  fc.tuple(
    fc.constantFrom<Step[0]>('join', 'join', 'serve', 'end'),
    fc.nat({ max: 5 }),
  ) as fc.Arbitrary<Step>,
  { maxLength: 200 },
);

/** Drives a line, and tells of each one that is served. */
function drive(
  sequence: readonly Step[],
  onServed: (item: Item, waiting: readonly Item[], running: readonly string[]) => void,
): void {
  const line = new FairLine<Item>();
  const waiting: Item[] = [];
  const running: string[] = [];
  for (const [step, index] of sequence) {
    const tenant = `t${index}`;
    if (step === 'join') {
      const item = { tenant };
      line.join(tenant, item);
      waiting.push(item);
    } else if (step === 'serve') {
      const next = line.next();
      expect(next === undefined).toBe(waiting.length === 0);
      if (!next) continue;
      onServed(next, [...waiting], [...running]);
      line.started(next.tenant);
      line.leave(next.tenant, next);
      waiting.splice(waiting.indexOf(next), 1);
      running.push(next.tenant);
    } else if (running.includes(tenant)) {
      line.ended(tenant);
      running.splice(running.indexOf(tenant), 1);
    }
    expect(line.size).toBe(waiting.length);
  }
}

const countOf = (running: readonly string[], tenant: string) =>
  running.filter((each) => each === tenant).length;

it('serves a tenant with the fewest running, and its own in order', () => {
  fc.assert(
    fc.property(steps, (sequence) => {
      drive(sequence, (served, waiting, running) => {
        const fewest = Math.min(...waiting.map(({ tenant }) => countOf(running, tenant)));
        expect(countOf(running, served.tenant)).toBe(fewest);
        expect(waiting.find(({ tenant }) => tenant === served.tenant)).toBe(served);
      });
    }),
  );
});

it('passes over nobody who has nothing running for more than one turn of each other tenant', () => {
  fc.assert(
    fc.property(steps, (sequence) => {
      const passed = new Map<Item, number>();
      drive(sequence, (served, waiting, running) => {
        for (const item of waiting) {
          const isHead = waiting.find(({ tenant }) => tenant === item.tenant) === item;
          if (item === served || !isHead || countOf(running, item.tenant) > 0) continue;
          passed.set(item, (passed.get(item) ?? 0) + 1);
          expect(passed.get(item)).toBeLessThanOrEqual(5);
        }
      });
    }),
  );
});

it('lets one tenant have the whole line, until others want a place in it', () => {
  const line = new FairLine<string>();
  ['a1', 'a2', 'a3', 'a4'].forEach((item) => {
    line.join('a', item);
  });
  expect(line.displacedBy('a')).toBeUndefined();
  expect(line.displacedBy('b')).toBe('a4');
  line.leave('a', 'a4');
  line.join('b', 'b1');
  expect(line.displacedBy('b')).toBe('a3');
  line.leave('a', 'a3');
  line.join('b', 'b2');
  expect(line.displacedBy('b')).toBeUndefined();
  expect(line.displacedBy('c')).toBe('a2');
});

it('lets a crowd of tenants that come back at once not pass a busy one', () => {
  const line = new FairLine<string>();
  line.join('busy', 'busy');
  line.started('busy');
  line.ended('busy');
  line.join('crowd1', 'c1');
  line.join('crowd2', 'c2');
  const served: string[] = [];
  for (let turn = 0; turn < 3; turn += 1) {
    const next = line.next()!;
    served.push(next);
    const tenant = { busy: 'busy', c1: 'crowd1', c2: 'crowd2' }[next]!;
    line.started(tenant);
    line.ended(tenant);
    line.leave(tenant, next);
    if (next !== 'busy') line.join(tenant, next);
  }
  expect(served).toContain('busy');
});

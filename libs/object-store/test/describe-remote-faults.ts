import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { CallLimits, LinkingObjectStore, ObjectInventory } from '../src/index.js';
import { Call, Fault, FaultProxy } from './fault-proxy.js';

type Step = 'begin' | 'part' | 'publish' | 'discard' | 'read' | 'look' | 'list' | 'delete';
type RemoteStore = LinkingObjectStore & ObjectInventory;

export interface RemoteUnderTest {
  open(limits: CallLimits): RemoteStore;
  proxy(): FaultProxy;
  leftovers(): Promise<readonly string[]>;
  /** Takes what the store told of uploads that could not be given up. */
  unhandled(): readonly unknown[];
  /** Tells by a call what it is for; a store may need no call for a step. */
  readonly calls: Partial<Record<Step, (call: Call) => boolean>>;
}

/** Long enough for each call on a machine that is busy with others. */
const LIMITS = { tryMs: 20_000, callMs: 50_000 };
/** For what hangs, which is all that these limits end. */
const HASTY = { tryMs: 800, callMs: 4_000 };
const never = new AbortController().signal;
const PASSING: readonly Fault[] = [
  { kind: 'status', status: 500 },
  { kind: 'status', status: 503, body: '<Error><Code>SlowDown</Code><Message>secret</Message></Error>' },
  { kind: 'reset' },
  { kind: 'hang' },
];
const REFUSING: Fault = {
  kind: 'status',
  status: 403,
  body: '<Error><Code>AccessDenied</Code><Message>secret</Message></Error>',
};

/** What a store that is asked over a network keeps to when the network or the store fails (SAFETY R9, R10). */
export function describeRemoteFaults(name: string, remote: RemoteUnderTest): void {
  describe(`${name} over a network that fails`, () => {
    let patient: RemoteStore;
    let hasty: RemoteStore;
    /** Whichever the test wants. */
    let store: RemoteStore;
    let files = 0;
    const nextKey = (): string => `CA/faulty-${String(++files)}/1/rows.csv`;
    const has = (step: Step): boolean => remote.calls[step] !== undefined;
    const breakAt = (step: Step, fault: Fault, times = Infinity): void => {
      let left = times;
      remote.proxy().faultOf = (call) => (remote.calls[step]!(call) && left-- > 0 ? fault : null);
    };
    const stage = (key: string, bytes = 1_000) =>
      store.stage(key, Readable.from([randomBytes(bytes)]), never);
    const put = async (key: string): Promise<void> => (await stage(key)).publish();
    const link = (key: string) => store.link(key, { disposition: 'attachment', contentType: 'text/csv' });
    const works: Record<Exclude<Step, 'discard'>, (key: string) => Promise<unknown>> = {
      begin: stage,
      part: stage,
      publish: async (key) => {
        const staged = await stage(key);
        try {
          await staged.publish();
        } finally {
          await staged.discard();
        }
      },
      read: async (key) => buffer(await store.read(key)),
      look: link,
      list: () => store.list('CA', null),
      delete: (key) => store.delete(key),
    };
    const steps = (Object.keys(works) as Exclude<Step, 'discard'>[]).filter(has);
    const makes = (step: Step): boolean => ['begin', 'part', 'publish'].includes(step);

    beforeAll(() => {
      patient = remote.open(LIMITS);
      hasty = remote.open(HASTY);
    });
    beforeEach(() => {
      store = patient;
    });
    afterEach(() => {
      expect(remote.unhandled()).toEqual([]);
    });

    const faults = [...PASSING, REFUSING].flatMap((fault) => steps.map((step) => [step, fault] as const));
    it.each(faults)('tells that %s meets %j, in words of ours, and leaves nothing', async (step, fault) => {
      const key = nextKey();
      if (!makes(step)) await put(key);
      if (fault.kind === 'hang') store = hasty;
      breakAt(step, fault);
      const error = (await works[step](key).catch((thrown: unknown) => thrown)) as Error;
      expect(error).toMatchObject({ code: fault === REFUSING ? 'internal' : 'unavailable' });
      expect(`${error.message} ${String((error.cause as Error).message)}`).not.toMatch(
        /secret|faulty|127\.0/,
      );
      remote.proxy().reset();
      if (makes(step)) await expect(store.read(key)).rejects.toMatchObject({ code: 'export-not-found' });
      expect(await remote.leftovers()).toEqual([]);
    });

    const single = [...PASSING, { kind: 'slow', ms: 200 } as const].flatMap((fault) =>
      steps.filter((step) => fault.kind !== 'hang' || step === 'part').map((step) => [step, fault] as const),
    );
    it.each(single.filter(([, { kind }]) => kind !== 'hang'))(
      'gets over one %s that meets %j',
      async (step, fault) => {
        const key = nextKey();
        if (!makes(step)) await put(key);
        breakAt(step, fault, 1);
        await works[step](key);
        expect(await remote.leftovers()).toEqual(
          step === 'begin' || step === 'part' ? [expect.anything()] : [],
        );
        if (step === 'begin' || step === 'part') await store.removeStaged(0);
      },
    );

    it('takes a file for published when the store did it and its answer was lost, each time', async () => {
      const key = nextKey();
      const staged = await stage(key);
      breakAt('publish', { kind: 'lost-answer' });
      await staged.publish();
      await staged.discard();
      remote.proxy().reset();
      expect(await buffer(await store.read(key))).toHaveLength(1_000);
      expect(await remote.leftovers()).toEqual([]);
    });

    it('does not take the file of another for its own', async () => {
      const key = nextKey();
      const [first, second] = [await stage(key), await stage(key, 2_000)];
      await first.publish();
      await expect(second.publish()).rejects.toThrow();
      await second.discard();
      expect(await buffer(await store.read(key))).toHaveLength(1_000);
      expect(await remote.leftovers()).toEqual([]);
    });

    it('tells of an upload that could not be given up, and finds it later', async () => {
      breakAt('discard', REFUSING);
      const source = Readable.from(failsAfterFirstPart(remote));
      await expect(store.stage(nextKey(), source, never)).rejects.toThrow('engine stopped');
      expect(remote.unhandled()).toEqual([expect.objectContaining({ code: 'internal' })]);
      expect(await remote.leftovers()).toHaveLength(1);
      expect(await store.removeStaged(60_000)).toBe(0);
      remote.proxy().reset();
      expect(await store.removeStaged(0)).toBe(1);
      expect(await remote.leftovers()).toEqual([]);
    });

    it('ends an upload that hangs as soon as its signal fires', async () => {
      breakAt('part', { kind: 'hang' });
      const abort = new AbortController();
      const staging = store.stage(nextKey(), Readable.from([randomBytes(1_000)]), abort.signal);
      setTimeout(() => {
        abort.abort(new Error('no longer wanted'));
      }, 50);
      const begun = performance.now();
      await expect(staging).rejects.toThrow('no longer wanted');
      expect(performance.now() - begun).toBeLessThan(LIMITS.tryMs);
      expect(await remote.leftovers()).toEqual([]);
    });

    it('stops a source that waits when a part cannot be sent', async () => {
      breakAt('part', REFUSING);
      const source = new Readable({ read: () => undefined });
      source.push(randomBytes(9 << 20));
      await expect(store.stage(nextKey(), source, never)).rejects.toMatchObject({ code: 'internal' });
      expect(source.destroyed).toBe(true);
    });

    it('never ends a read well that was cut', async () => {
      const key = nextKey();
      await put(key);
      breakAt('read', { kind: 'cut' });
      const reading = store.read(key).then((body) => buffer(body));
      await expect(reading).rejects.toMatchObject({
        code: expect.stringMatching(/unavailable|export-incomplete/) as unknown,
      });
    });

    it('frees its sockets when a reader leaves, before or while reading', async () => {
      const key = nextKey();
      await (await stage(key, 4 << 20)).publish();
      const before = remote.proxy().openSockets;
      for (let i = 0; i < 10; i++) {
        const reading = await store.read(key);
        if (i % 2 === 0) await reading[Symbol.asyncIterator]().next();
        reading.destroy();
      }
      while (remote.proxy().openSockets > before + 1) await sleep(10);
    });

    it('makes links that read one file, whole or by range, with the name and type that are asked', async () => {
      const key = nextKey();
      const staged = await store.stage(key, Readable.from([Buffer.from('0123456789')]), never);
      await expect(link(key)).rejects.toMatchObject({ code: 'export-not-found' });
      await staged.publish();
      const file = {
        disposition: `attachment; filename="a b.csv"; filename*=UTF-8''%C3%A4.csv`,
        contentType: 'text/csv',
      };
      const url = await store.link(key, file);
      const whole = await fetch(url);
      expect(await whole.text()).toBe('0123456789');
      expect(whole.headers.get('content-disposition')).toBe(file.disposition);
      expect(whole.headers.get('content-type')).toBe('text/csv');
      expect(whole.headers.get('cache-control')).toBe('private, no-store');
      const part = await fetch(url, { headers: { range: 'bytes=2-4' } });
      expect(part.status).toBe(206);
      expect(await part.text()).toBe('234');
      expect(await text(await store.read(key, { start: 8, end: 99 }))).toBe('89');
    });
  });
}

/** Fails when a part has surely arrived. */
async function* failsAfterFirstPart(remote: RemoteUnderTest): AsyncGenerator<Buffer> {
  const { proxy, calls } = remote;
  const answered = proxy().answered.length;
  yield randomBytes(9 << 20);
  while (!proxy().answered.slice(answered).some(calls.part!)) await sleep(10);
  throw new Error('engine stopped');
}

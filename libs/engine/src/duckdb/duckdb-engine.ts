import { SluiceError } from '@sluice/contracts';
import { Statement } from '@sluice/query-dsl';
import { createHash } from 'node:crypto';
import { AnalyticEngine, EngineSnapshot, RunOptions } from '../analytic-engine.js';
import { fingerprintTables, readStoredTables } from '../tables/stored-table.js';
import { DataWatch } from './data-watch.js';
import { InstanceLimits } from './open-instance.js';
import { Rows } from './query-connection.js';
import { InstanceRun, QueryInstance } from './query-instance.js';
import { ReleaseSlot, SlotLimits, SlotLoad, Slots } from './slots.js';
import { StopSignal, stopSignal } from './stop-signal.js';
import { EngineHealth, STUCK_AFTER_MS, StuckLimits, StuckStatements } from './stuck-statements.js';

/** Statements by what they do; `stuck` ones were stopped, but go on. */
export interface EngineLoad extends SlotLoad {
  readonly stuck: number;
}

export interface DuckDbEngineOptions extends InstanceLimits, SlotLimits, StuckLimits {
  /** Folder with one folder a dataset; need not exist yet. */
  readonly dataDir: string;
  /** How often to look for new versions, in ms; 1,000 by default. */
  readonly pollMs?: number;
  /** Told, once for each, why a bad version was not taken up, and of a statement that ignores its stop. For the log. */
  readonly onError: (error: unknown) => void;
  /** Told of every change, for gauges. */
  readonly onLoad?: (load: EngineLoad) => void;
}

const DEFAULT_POLL_MS = 1_000;
const CLOSE_GRACE_MS = 5_000;
/** Stands for the fingerprint of a data folder that cannot even be listed. */
const UNREADABLE = 'unreadable';

/**
 * Opens the engine over the current version of every dataset. Throws when one of them is broken, or when the lock-down cannot be proven.
 *
 * `threads` is what one statement may use. With 16 clients asking for pages, one thread each answers 850 a second, two only 650.
 */
export async function openDuckDbEngine(options: DuckDbEngineOptions): Promise<DuckDbEngine> {
  const loaded = await loadCurrent(options);
  return new DuckDbEngine(options, loaded);
}

interface Loaded {
  readonly fingerprint: string;
  readonly instance: QueryInstance;
}

/** The fingerprint is taken first: what changes while loading is seen at the next look. */
async function loadCurrent(options: DuckDbEngineOptions): Promise<Loaded> {
  const fingerprint = await fingerprintTables(options.dataDir);
  const tables = await readStoredTables(options.dataDir);
  const instance = await QueryInstance.open(tables, options, options.concurrency);
  return { fingerprint, instance };
}

/** Runs queries on DuckDB inside this process, and takes up new versions of the data without dropping one. */
export class DuckDbEngine implements AnalyticEngine {
  private readonly slots: Slots;
  private readonly watch: DataWatch;
  private readonly running = new Set<StopSignal>();
  private readonly stuckOnes: StuckStatements;
  private closed = false;
  /** The last version that could not be opened, so that it is reported once. */
  private badFingerprint: string | null = null;

  constructor(
    private readonly options: DuckDbEngineOptions,
    private current: Loaded,
  ) {
    this.slots = new Slots(options, () => {
      this.tellLoad();
    });
    this.stuckOnes = new StuckStatements(options);
    this.watch = new DataWatch(options.pollMs ?? DEFAULT_POLL_MS, () => this.takeUpNewVersion());
    this.watch.start();
  }

  snapshot(): EngineSnapshot {
    if (this.closed) throw new SluiceError('unavailable', 'The engine is closed.');
    return new DuckDbSnapshot(this.current.instance, (instance, statement, options) =>
      this.run(instance, statement, options),
    );
  }

  /** Stops what still runs, waits for it up to five seconds, and closes. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    await this.watch.stop();
    const allFree = this.slots.close(CLOSE_GRACE_MS);
    for (const stop of this.running) stop.stop();
    await allFree;
    this.current.instance.release();
  }

  load(): EngineLoad {
    return { ...this.slots.load(), stuck: this.stuck() };
  }

  /** Statements that were stopped some seconds ago and go on all the same. */
  stuck(): number {
    return this.stuckOnes.count;
  }

  health(): EngineHealth {
    return this.stuckOnes.health();
  }

  /** The instance is held while waiting in line; from then on the run itself holds it, even past a caller that gave up. */
  private async run(instance: QueryInstance, statement: Statement, options: RunOptions): Promise<Rows> {
    instance.retain();
    try {
      const releaseSlot = await this.slots.acquire(options.signal, options.tenant);
      const stop = stopSignal(options);
      this.running.add(stop);
      return await this.start(instance, statement, stop, releaseSlot);
    } finally {
      instance.release();
    }
  }

  private start(
    instance: QueryInstance,
    statement: Statement,
    stop: StopSignal,
    releaseSlot: ReleaseSlot,
  ): Promise<Rows> {
    let unstick: () => void = () => undefined;
    const onStuck = () => {
      unstick = this.stuckOnes.add();
      this.goOnWithout(run, statement, releaseSlot);
    };
    const letGo = () => {
      unstick();
      this.running.delete(stop);
      stop.dispose();
      releaseSlot();
      this.tellLoad();
    };
    const afterMs = this.options.stuckAfterMs ?? STUCK_AFTER_MS;
    let run: InstanceRun;
    try {
      run = instance.run(statement, stop.signal, { afterMs, onStuck });
    } catch (error) {
      letGo();
      throw error;
    }
    void run.settled.then(letGo);
    return run.result;
  }

  /** Says that a statement ignores its stop, and gives its place to others while threads are left for it. */
  private goOnWithout(run: InstanceRun, { sql }: Statement, releaseSlot: ReleaseSlot): void {
    const { onError, stuckAfterMs = STUCK_AFTER_MS } = this.options;
    // The text holds no values, but it is long; its hash tells equal ones.
    const hash = createHash('sha256').update(sql).digest('hex').slice(0, 12);
    onError(new Error(`a statement (${hash}) goes on ${stuckAfterMs} ms after it was stopped`));
    this.tellLoad();
    if (this.stuckOnes.mayBeReplaced()) run.replace().then(releaseSlot, onError);
  }

  private tellLoad(): void {
    this.options.onLoad?.(this.load());
  }

  private async takeUpNewVersion(): Promise<void> {
    let fingerprint = UNREADABLE;
    try {
      fingerprint = await fingerprintTables(this.options.dataDir);
      if (fingerprint === this.current.fingerprint) return;
      const loaded = await loadCurrent(this.options);
      const previous = this.current;
      this.current = loaded;
      this.badFingerprint = null;
      previous.instance.release();
    } catch (error) {
      if (fingerprint === this.badFingerprint) return;
      this.badFingerprint = fingerprint;
      this.options.onError(error);
    }
  }
}

type RunOn = (instance: QueryInstance, statement: Statement, options: RunOptions) => Promise<Rows>;

/** Holds one version of the data open until it is released. */
class DuckDbSnapshot implements EngineSnapshot {
  private released = false;

  constructor(
    private readonly instance: QueryInstance,
    private readonly runOn: RunOn,
  ) {
    instance.retain();
  }

  get dataVersion(): string {
    return this.instance.dataVersion;
  }

  rowCount(dataset: string): number {
    return this.instance.rowCount(dataset);
  }

  sortedBy(dataset: string): readonly string[] | null {
    return this.instance.sortedBy(dataset);
  }

  async query(statement: Statement, options: RunOptions): Promise<Rows> {
    if (this.released) throw SluiceError.from(new Error('the snapshot is released'));
    return this.runOn(this.instance, statement, options);
  }

  release(): void {
    if (this.released) return;
    this.released = true;
    this.instance.release();
  }
}

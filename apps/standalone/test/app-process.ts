import { ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { until } from './faults/until.js';
import { AppName, programOf } from './program-of.js';
import { freePort } from './running-program.js';

export const APPS = [
  'audit-service',
  'query-service',
  'export-orchestrator',
  'export-worker',
  'gateway',
] as const satisfies readonly AppName[];

/** Ten of them start at once, on a machine that may have other work. */
const READY_MS = 180_000;

interface Health {
  readonly alive: number;
  readonly ready: number;
  readonly missing: readonly string[];
}

/** One of the five apps as a process, asked for its health from the first moment on. */
export class AppProcess {
  private text = '';

  private constructor(
    readonly name: AppName,
    readonly child: ChildProcess,
    readonly port: number,
  ) {
    const keep = (text: Buffer): void => void (this.text += text.toString());
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
  }

  /** Does not wait for anything. */
  static async spawn(
    name: AppName,
    env: Readonly<Record<string, string>>,
    chosenPort?: number,
    age: 'this' | 'older' = 'this',
  ): Promise<AppProcess> {
    const port = chosenPort ?? (await freePort());
    const child = spawn(process.execPath, [programOf(name, age)], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'] ?? '',
        UV_THREADPOOL_SIZE: '32',
        SLUICE_HEALTH_PORT: String(port),
        SLUICE_HOST: '127.0.0.1',
        PORT: String(port),
        SLUICE_PUBLIC_URL: `http://127.0.0.1:${port}`,
        ...env,
      },
    });
    return new AppProcess(name, child, port);
  }

  get output(): string {
    return this.text;
  }

  at(path: string): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  /** Undefined where nothing answers. */
  async health(): Promise<Health | undefined> {
    try {
      const [alive, ready] = await Promise.all([fetch(this.at('/healthz')), fetch(this.at('/readyz'))]);
      const { notReady } = (await ready.json()) as { notReady: string[] };
      await alive.body?.cancel();
      return { alive: alive.status, ready: ready.status, missing: [...notReady].sort() };
    } catch {
      return undefined;
    }
  }

  /** Waits until it is alive and lacks these; none means that it is ready. */
  async untilMissing(...names: readonly string[]): Promise<void> {
    let seen: Health | undefined;
    const wanted = JSON.stringify([...names].sort());
    await until(
      () => `${this.name} lacks ${wanted}; last seen ${JSON.stringify(seen)}\n${this.output.slice(-3_000)}`,
      async () => {
        if (this.child.exitCode !== null || this.child.signalCode !== null)
          throw new Error(`${this.name} ended:\n${this.output.slice(-3_000)}`);
        seen = await this.health();
        const fits = seen?.ready === (names.length === 0 ? 200 : 503);
        return fits && seen?.alive === 200 && JSON.stringify(seen.missing) === wanted ? true : undefined;
      },
      READY_MS,
    );
  }

  /** Sends a signal and gives how it ended: the exit code, or the signal that ended it. */
  async end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals | null> {
    const ended = once(this.child, 'exit');
    if (this.child.exitCode !== null || this.child.signalCode !== null)
      throw new Error('It has ended already.');
    this.child.kill(signal);
    await ended;
    return this.child.exitCode ?? this.child.signalCode;
  }
}

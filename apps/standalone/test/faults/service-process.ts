import { ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { AppName, programOf } from '../program-of.js';
import { freePort } from '../running-program.js';
import { until } from './until.js';

/** How long a graceful end may take: the services' own 25 s, one second more, and a loaded machine. */
const END_MS = 60_000;
/** Seven of them start at once, on a machine that may have other work. */
const READY_MS = 150_000;
const ALIVE_MS = 30_000;

/** One service as a process, which can be killed, stopped, told to end, and started again in the same home. */
export class ServiceProcess {
  private child: ChildProcess | undefined;
  private text = '';
  /** ms since 1970. */
  startedAt = 0;
  private readonly port: Promise<number>;

  constructor(
    readonly name: string,
    private readonly app: AppName,
    private readonly env: Readonly<Record<string, string>>,
    port?: number,
  ) {
    this.port = port === undefined ? freePort() : Promise.resolve(port);
  }

  /** Where it answers over HTTP: `/healthz`, `/metrics`, and a gateway all the rest. */
  get url(): Promise<string> {
    return this.port.then((port) => `http://127.0.0.1:${port}`);
  }

  /** Resolves once it is ready. `more` counts for this start alone. */
  async start(more: Readonly<Record<string, string>> = {}): Promise<void> {
    if (this.running) throw new Error(`${this.name} runs already.`);
    const port = String(await this.port);
    const env = { ...this.env, PORT: port, SLUICE_HEALTH_PORT: port, ...more };
    // The second of each is the one of an older version, where there is one.
    const main = programOf(this.app, this.name.endsWith('-2') ? 'older' : 'this');
    const child = spawn(process.execPath, [main], { stdio: ['ignore', 'pipe', 'pipe'], env });
    const keep = (text: Buffer): void => void (this.text = (this.text + text.toString()).slice(-200_000));
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    this.child = child;
    this.startedAt = Date.now();
    await until(
      () => `${this.name} is ready:\n${this.output.slice(-4_000)}`,
      () => this.isReady(child, port),
      READY_MS,
    );
  }

  /** Everything it logged since the test began. */
  get output(): string {
    return this.text;
  }

  get running(): boolean {
    return this.child !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  get pid(): number {
    if (this.child?.pid === undefined) throw new Error(`${this.name} was not started.`);
    return this.child.pid;
  }

  /** Sends a signal to what runs; nothing when it has ended. */
  signal(signal: NodeJS.Signals): void {
    if (this.running) this.child?.kill(signal);
  }

  /** Waits for the end that somebody else brings about; gives the signal or the exit code. */
  async ended(withinMs = END_MS): Promise<NodeJS.Signals | number | null> {
    const child = this.child;
    if (!child) throw new Error(`${this.name} was not started.`);
    if (this.running) {
      await once(child, 'exit', { signal: AbortSignal.timeout(withinMs) }).catch((cause: unknown) => {
        throw new Error(`${this.name} did not end within ${withinMs} ms.`, { cause });
      });
    }
    return child.signalCode ?? child.exitCode;
  }

  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.ended();
  }

  /** Whether it says that nothing in it is broken for good: a platform restarts what says otherwise. */
  async isAlive(): Promise<boolean> {
    const url = `http://127.0.0.1:${await this.port}/healthz`;
    const answer = await fetch(url, { signal: AbortSignal.timeout(ALIVE_MS) }).catch(() => undefined);
    await answer?.body?.cancel();
    return answer?.ok === true;
  }

  /** Whether the kernel has stopped it (SIGSTOP). */
  async isStopped(): Promise<boolean> {
    const stat = await readFile(`/proc/${this.pid}/stat`, 'utf8').catch(() => '');
    return / [Tt] /.test(stat.slice(stat.lastIndexOf(')')));
  }

  private async isReady(child: ChildProcess, port: string): Promise<true | undefined> {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`${this.name} ended at its start:\n${this.output.slice(-4_000)}`);
    }
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
    await answer?.body?.cancel();
    return answer?.ok ? true : undefined;
  }
}

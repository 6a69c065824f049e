import { ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const SCRIPT = join(__dirname, '../../../../tools/services/restartable.mjs');
const ANSWER_MS = 240_000;

export type ServerName = 'postgres' | 'rabbitmq' | 'redis';
interface Said {
  readonly id?: number;
  readonly urls?: Readonly<Record<ServerName, string>>;
  readonly error?: string | null;
}

/** PostgreSQL, RabbitMQ and Redis of one test file alone, which it may crash, stop, freeze and start again. */
export class FaultServers {
  private asked = 0;

  private constructor(
    private readonly child: ChildProcess,
    readonly urls: Readonly<Record<ServerName, string>>,
  ) {}

  static async start(): Promise<FaultServers> {
    const child = fork(SCRIPT, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv: [] });
    const { urls } = await answerOf(child, (said) => said.id === undefined);
    if (!urls) throw new Error('The servers told no address.');
    return new FaultServers(child, urls);
  }

  /** Ends it as a crash does: nothing is saved or said. Resolves when it is gone. */
  crash(server: ServerName): Promise<void> {
    return this.ask(server, 'crash');
  }

  /** Ends it as its operator would. Resolves when it is gone. */
  end(server: ServerName): Promise<void> {
    return this.ask(server, 'stop');
  }

  /** Stops all of its processes where they are; its connections stay. */
  freeze(server: ServerName): Promise<void> {
    return this.ask(server, 'freeze');
  }

  thaw(server: ServerName): Promise<void> {
    return this.ask(server, 'thaw');
  }

  /** Resolves when it answers again. */
  startAgain(server: ServerName): Promise<void> {
    return this.ask(server, 'start');
  }

  async stop(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.disconnect();
    await ended;
  }

  private async ask(server: ServerName, act: string): Promise<void> {
    const id = ++this.asked;
    const answer = answerOf(this.child, (said) => said.id === id);
    this.child.send({ id, server, act });
    await answer;
  }
}

function answerOf(child: ChildProcess, fits: (said: Said) => boolean): Promise<Said> {
  return new Promise((resolve, reject) => {
    const end = (act: () => void): void => {
      clearTimeout(timer);
      child.off('message', take).off('exit', gone);
      act();
    };
    const take = (said: Said): void => {
      if (!fits(said)) return;
      end(() => (said.error ? reject(new Error(said.error)) : resolve(said)));
    };
    const gone = (): void => end(() => reject(new Error('The process of the servers ended.')));
    const late = (): void =>
      end(() => reject(new Error(`The servers did not answer within ${ANSWER_MS} ms.`)));
    const timer = setTimeout(late, ANSWER_MS);
    child.on('message', take).on('exit', gone);
  });
}

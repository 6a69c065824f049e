import { readdir, readFile } from 'node:fs/promises';

/** Ticks a second of the times in /proc, the same on every Linux that Node runs on. */
const TICKS = 100;

/** Names of servers by the names of their programs. */
const SERVERS: Readonly<Record<string, string>> = {
  'beam.smp': 'RabbitMQ',
  'redis-server': 'Redis',
  postgres: 'PostgreSQL',
};

/** Processor time in ms by the name of who used it. */
export type ProcessorTimes = ReadonlyMap<string, number>;

/**
 * What this process and its descendants have used so far (Linux). Servers are told by their programs, the others by `names`, a process id
 * each; whoever is in neither counts for nobody.
 */
export async function processorTimes(names: ReadonlyMap<number, string>): Promise<ProcessorTimes> {
  const all = await readProcesses();
  const mine = descendantsOf(process.pid, all);
  const times = new Map<string, number>();
  for (const { pid, program, ms } of mine) {
    const name = names.get(pid) ?? SERVERS[program];
    if (name !== undefined) times.set(name, (times.get(name) ?? 0) + ms);
  }
  return times;
}

export function usedSince(before: ProcessorTimes, after: ProcessorTimes): ProcessorTimes {
  return new Map([...after].map(([name, ms]) => [name, ms - (before.get(name) ?? 0)]));
}

interface SeenProcess {
  readonly pid: number;
  readonly parent: number;
  readonly program: string;
  readonly ms: number;
}

async function readProcesses(): Promise<readonly SeenProcess[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const seen = await Promise.all(pids.map(readProcess));
  return seen.filter((each) => each !== null);
}

/** Null for one that ended meanwhile. */
async function readProcess(pid: string): Promise<SeenProcess | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (stat === null) return null;
  // The program's name stands in brackets and may hold any character, brackets too.
  const end = stat.lastIndexOf(')');
  const fields = stat.slice(end + 2).split(' ');
  const [parent, user, system] = [fields[1], fields[11], fields[12]].map(Number);
  return {
    pid: Number(pid),
    parent: parent ?? 0,
    program: stat.slice(stat.indexOf('(') + 1, end),
    ms: (((user ?? 0) + (system ?? 0)) * 1_000) / TICKS,
  };
}

function descendantsOf(root: number, all: readonly SeenProcess[]): readonly SeenProcess[] {
  const found = all.filter(({ pid }) => pid === root);
  // It grows while it is gone through: children follow their parents.
  for (const { pid } of found) {
    found.push(...all.filter(({ parent }) => parent === pid));
  }
  return found;
}

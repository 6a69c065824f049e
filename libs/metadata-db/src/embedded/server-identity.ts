import { spawnSync } from 'node:child_process';
import { chownSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { PostgresPrograms } from './binaries.js';

export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/** Who the server runs as, and the command that makes it so. */
export interface ServerIdentity {
  /** Undefined when it runs as we do. */
  readonly user?: ServerUser;
  /** Stands before the program on the command line. */
  readonly prefix: readonly string[];
}

/**
 * PostgreSQL refuses to run as root, so root hands the folder and the server to `postgres` or else `nobody`; no user
 * is made. Where that user cannot reach the programs or the folder (a clone below /root, say), the server gets the
 * one capability to read and search past folder modes, and nothing else of root's.
 *
 * @throws Error with one sentence when neither way works here.
 */
export function chooseIdentity(programs: PostgresPrograms, folder: string): ServerIdentity {
  if (process.getuid?.() !== 0) return { prefix: [] };
  const user = ownerOf(join(folder, 'data')) ?? findUser('postgres') ?? findUser('nobody');
  if (!user)
    throw new Error(
      'PostgreSQL does not run as root, and there is no user "postgres" or "nobody" to run as.',
    );
  chownSync(folder, user.uid, user.gid);
  const candidates = [false, true].map((reach) => ({ user, prefix: changeUser(user, reach) }));
  const identity = candidates.find((candidate) => canReach(candidate, programs.postgres, folder));
  if (identity) return identity;
  throw new Error(
    `PostgreSQL does not run as root, and user ${user.uid} cannot reach ${folder}: start as an ordinary user, ` +
      'or allow the capabilities SETUID, SETGID, SETPCAP and DAC_READ_SEARCH, with setpriv (util-linux) installed.',
  );
}

/** A cluster stays with the user it was made for, even when a package brings a better one later. */
function ownerOf(data: string): ServerUser | undefined {
  const owner = statSync(data, { throwIfNoEntry: false });
  return owner && owner.uid !== 0 ? owner : undefined;
}

function findUser(name: string): ServerUser | undefined {
  const [uid, gid] = ['-u', '-g'].map((option) => spawnSync('id', [option, name], { encoding: 'utf8' }));
  if (uid?.status !== 0 || gid?.status !== 0) return undefined;
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
}

function changeUser({ uid, gid }: ServerUser, reachPastModes: boolean): readonly string[] {
  const identity = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'];
  // Without the securebit the kernel ignores the capability when a program asks access(2), as initdb does.
  const reach = [
    '--inh-caps=+dac_read_search',
    '--ambient-caps=+dac_read_search',
    '--securebits=+no_setuid_fixup',
  ];
  return ['setpriv', ...identity, ...(reachPastModes ? reach : []), '--'];
}

/** Tried rather than reasoned about: modes, lists and mounts all have their say. */
function canReach({ prefix }: ServerIdentity, program: string, folder: string): boolean {
  const script = 'test -x "$1" && cd "$2" && test -w .';
  const [command = '', ...args] = [...prefix, '/bin/sh', '-c', script, 'sh', program, folder];
  return spawnSync(command, args, { cwd: '/', timeout: 10_000 }).status === 0;
}

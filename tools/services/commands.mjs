import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where a name on the PATH leads, or else in `folders`; undefined when it is nowhere. */
export function findExecutable(name, folders = []) {
  const path = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  return firstExecutable(name, [...path, '/usr/sbin', '/sbin', ...folders]);
}

/** The first of `folders` that holds an executable of that name, as a whole path. */
export function firstExecutable(name, folders) {
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Runs a command to its end and answers `{code, output}`; both streams end up in `output`. A command that cannot be
 * started or runs past `timeoutMs` has the code -1.
 */
export function runCommand(command, args, { timeoutMs, env = process.env, signal, input } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      env,
      signal,
      stdio: [input ?? 'ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
    });
    const chunks = [];
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.stderr.on('data', (chunk) => chunks.push(chunk));
    const finish = (code, note = '') => resolve({ code, output: Buffer.concat(chunks).toString() + note });
    child.on('error', (error) => finish(-1, error.message));
    child.on('close', (code) => finish(code ?? -1));
  });
}

/** The last lines of a log, indented to stand under a message. */
export function tail(text, lines = 20) {
  return text
    .trimEnd()
    .split('\n')
    .slice(-lines)
    .map((line) => `    ${line}`)
    .join('\n');
}

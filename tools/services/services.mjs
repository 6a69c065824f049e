#!/usr/bin/env node
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { pathToFileURL } from 'node:url';
import { provision } from './provision.mjs';

export { provision };

const USAGE = `Usage: node tools/services/services.mjs run [--only postgres,rabbitmq,redis] -- <command> [arguments]

Provides the servers that tests need (PostgreSQL, RabbitMQ, Redis), runs the command with
SLUICE_TEST_POSTGRES_URL, SLUICE_TEST_RABBITMQ_URL and SLUICE_TEST_REDIS_URL set, and stops what it started.`;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

function say(line) {
  process.stderr.write(`services: ${line}\n`);
}

/** What the command line asks for, or undefined when it makes no sense. */
function readArguments([verb, ...rest]) {
  const dashes = rest.indexOf('--');
  const command = dashes < 0 ? [] : rest.slice(dashes + 1);
  const options = dashes < 0 ? rest : rest.slice(0, dashes);
  const names = ['postgres', 'rabbitmq', 'redis'];
  const only = options[0] === '--only' && options.length === 2 ? options[1].split(',') : names;
  const sensible = options.length === 0 || (options[0] === '--only' && options.length === 2);
  if (verb !== 'run' || command.length === 0 || !sensible || !only.every((name) => names.includes(name)))
    return undefined;
  return { command, wanted: Object.fromEntries(names.map((name) => [name, only.includes(name)])) };
}

/** Runs the command with our streams and answers its exit code, as a shell would tell it. */
function runChild([program, ...args], env, onStart) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { env, stdio: 'inherit' });
    onStart(child);
    child.once('error', (error) => {
      say(`${program} could not be started: ${error.message}`);
      resolve(127);
    });
    child.once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  });
}

async function run({ command, wanted }) {
  const giveUp = new AbortController();
  let child;
  let received;
  const onSignal = (signal) => {
    received ??= signal;
    giveUp.abort(new Error(`stopped by ${signal}`));
    // From a terminal, Ctrl-C reaches the command too; twice would make it skip its clean end.
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child?.kill(signal);
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  const { env, stop } = await provision({ ...wanted, say, signal: giveUp.signal }).catch((error) => {
    if (!received) throw error;
    say(error.message);
    return {};
  });
  if (!stop) return 128 + constants.signals[received];
  try {
    if (received) return 128 + constants.signals[received];
    return await runChild(command, { ...process.env, ...env }, (started) => (child = started));
  } finally {
    say('stopping what was started');
    await stop();
  }
}

async function main() {
  const request = readArguments(process.argv.slice(2));
  if (!request) {
    process.stderr.write(`${USAGE}\n`);
    return 2;
  }
  return run(request).catch((error) => {
    say(error.message);
    return 1;
  });
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  process.exitCode = await main();

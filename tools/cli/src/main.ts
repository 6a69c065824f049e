import { runCli } from './run-cli.js';

const abort = new AbortController();
// Once only: a second signal ends the process at once, which an import survives too.
process.once('SIGINT', () => {
  abort.abort('SIGINT');
});
process.once('SIGTERM', () => {
  abort.abort('SIGTERM');
});

void runCli(process.argv.slice(2), {
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  signal: abort.signal,
}).then((code) => {
  process.exitCode = code;
});

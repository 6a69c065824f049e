export { runCli } from './run-cli.js';
export { type Terminal, type TextSink } from './terminal.js';

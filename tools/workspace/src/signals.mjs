/** Ctrl-C under npm arrives twice: from the terminal, and from npm, which passes it on a moment later. */
const echoMs = 500;
const names = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/**
 * @typedef {(signal: NodeJS.Signals) => void} SignalListener
 */

/**
 * Drops a signal that only repeats one just seen; a second, deliberate Ctrl-C still counts.
 * @param {SignalListener} listener
 * @param {() => number} [now] milliseconds
 * @returns {SignalListener}
 */
export function withoutEchoes(listener, now = Date.now) {
  /** @type {Map<string, number>} */
  const seen = new Map();
  return (signal) => {
    const before = seen.get(signal);
    seen.set(signal, now());
    if (before === undefined || now() - before > echoMs) listener(signal);
  };
}

/**
 * Takes over the signals that would end this process, until the returned function is called.
 * @param {SignalListener} listener
 * @returns {() => void}
 */
export function catchSignals(listener) {
  const once = withoutEchoes(listener);
  const handlers = names.map((name) => /** @type {const} */ ([name, () => once(name)]));
  for (const [name, handler] of handlers) process.on(name, handler);
  return () => {
    for (const [name, handler] of handlers) process.off(name, handler);
  };
}

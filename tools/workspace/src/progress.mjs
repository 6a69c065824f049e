const lineEveryMs = 20_000;

/**
 * Shows that something takes time: one line that counts the seconds in a terminal, a line now and then elsewhere.
 * @param {string} text what is being done, without a full stop
 * @param {{ isTTY?: boolean, write(text: string): unknown }} [out]
 * @returns {(ending: string) => void} to be called once, with how it ended
 */
export function startProgress(text, out = process.stdout) {
  const started = Date.now();
  const seconds = () => ((Date.now() - started) / 1000).toFixed(out.isTTY ? 0 : 1);
  if (!out.isTTY) out.write(`${text} …\n`);
  const tick = () => {
    out.write(out.isTTY ? `\r${text} … ${seconds()} s ` : `${text} … ${seconds()} s\n`);
  };
  const timer = setInterval(tick, out.isTTY ? 1_000 : lineEveryMs);
  if (out.isTTY) tick();
  return (ending) => {
    clearInterval(timer);
    out.write(`${out.isTTY ? '\r' : ''}${text}: ${ending} (${seconds()} s)   \n`);
  };
}

/**
 * @param {string} text
 * @param {number} count
 */
export const lastLines = (text, count) => text.trimEnd().split('\n').slice(-count).join('\n');

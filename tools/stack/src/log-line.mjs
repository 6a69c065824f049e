/** Fields that every line has, and that stand elsewhere in a readable one. */
const SHOWN_ELSEWHERE = new Set(['level', 'time', 'pid', 'name', 'msg', 'err']);
const LEVELS = /** @type {Readonly<Record<string, number>>} */ ({
  trace: 90,
  debug: 90,
  info: 32,
  warn: 33,
  error: 31,
  fatal: 31,
});
/** Colours of services, in turn. */
const COLOURS = [36, 35, 34, 32, 33, 96, 95, 94];

/**
 * @typedef {object} LineStyle
 * @property {number} width of the services' names
 * @property {boolean} colour
 * @property {boolean} json
 */

/**
 * One line of a service's log, for a person or (`json`) for a program.
 * @param {{ name: string, index: number }} service
 * @param {string} text without its line break
 * @param {LineStyle} style
 */
export function logLine(service, text, style) {
  const fields = fieldsOf(text);
  if (style.json)
    return JSON.stringify({ service: service.name, ...(fields ?? { level: 'error', msg: text }) });
  const paint = painter(style.colour);
  const name = paint(service.name.padEnd(style.width), COLOURS[service.index % COLOURS.length] ?? 0);
  if (!fields) return `${timeOf(new Date().toISOString())} ${name} ${text}`;
  const level = String(fields['level'] ?? 'info');
  const more = Object.entries(fields).flatMap(([key, value]) =>
    SHOWN_ELSEWHERE.has(key) ? [] : [`${key}=${valueOf(value)}`],
  );
  const words = [
    timeOf(String(fields['time'] ?? '')),
    name,
    paint(level.padEnd(5), LEVELS[level] ?? 0),
    String(fields['msg'] ?? ''),
    ...more,
    ...errorOf(fields['err']),
  ];
  return words.filter((word) => word !== '').join(' ');
}

/** @param {string} text @returns {Record<string, unknown> | undefined} */
function fieldsOf(text) {
  if (!text.startsWith('{')) return undefined;
  try {
    return /** @type {Record<string, unknown>} */ (JSON.parse(text));
  } catch {
    return undefined; // a line that only looks like one of ours
  }
}

/** @param {string} iso the time of day of it, where it is one */
const timeOf = (iso) => iso.slice(11, 23);

/** @param {unknown} value */
const valueOf = (value) => (typeof value === 'string' ? value : JSON.stringify(value));

/** @param {unknown} err as the logger writes errors */
function errorOf(err) {
  const { message } = /** @type {{ message?: unknown }} */ (err ?? {});
  return message === undefined ? [] : [`(${String(message).replaceAll('\n', ' ')})`];
}

/** @param {boolean} colour @returns {(text: string, code: number) => string} */
const painter = (colour) => (text, code) => (colour && code > 0 ? `\u001b[${code}m${text}\u001b[0m` : text);

/**
 * Cuts what comes in pieces into lines.
 * @param {(line: string) => void} onLine
 */
export function lineSplitter(onLine) {
  let rest = '';
  const longest = 100_000; // characters; a line without an end must not gather
  return {
    /** @param {string} text */
    push(text) {
      const lines = (rest + text).split('\n');
      rest = (lines.pop() ?? '').slice(0, longest);
      for (const line of lines) if (line !== '') onLine(line);
    },
    end() {
      if (rest !== '') onLine(rest);
      rest = '';
    },
  };
}

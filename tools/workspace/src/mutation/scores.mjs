import { readFile } from 'node:fs/promises';

/**
 * @typedef {{ name: string, killed: number, survived: number }} Score
 * `killed` counts mutants that a test noticed, by failing or by not ending; `survived` those that none did.
 *
 * @typedef {{ files: Record<string, { mutants: readonly { status: string }[] }> }} Report
 * The part that is read of a report in the form of mutation-testing-report-schema.
 */

/**
 * @param {string} file the report in JSON
 * @returns {Promise<readonly Score[]>} one a library
 */
export const readScores = async (file) => scoresOf(JSON.parse(await readFile(file, 'utf8')));

/**
 * Mutants that could not run or were left out do not count.
 * @param {Report} report
 * @returns {readonly Score[]} one a library, by name
 */
export function scoresOf({ files }) {
  /** @type {Map<string, Score>} */
  const scores = new Map();
  for (const [file, { mutants }] of Object.entries(files)) {
    const name = /^libs\/([^/]+)\//.exec(file)?.[1] ?? file;
    const before = scores.get(name) ?? { name, killed: 0, survived: 0 };
    scores.set(name, {
      name,
      killed: before.killed + count(mutants, ['Killed', 'Timeout']),
      survived: before.survived + count(mutants, ['Survived', 'NoCoverage']),
    });
  }
  return [...scores.values()].sort((a, b) => a.name.localeCompare(b.name));
}

/**
 * @param {readonly { status: string }[]} mutants
 * @param {readonly string[]} statuses
 */
const count = (mutants, statuses) => mutants.filter(({ status }) => statuses.includes(status)).length;

/**
 * @param {readonly Score[]} scores
 * @returns {readonly string[]} a line a library and one for all of them
 */
export function scoreLines(scores) {
  const all = scores.reduce(
    (sum, { killed, survived }) => ({
      ...sum,
      killed: sum.killed + killed,
      survived: sum.survived + survived,
    }),
    { name: 'in all', killed: 0, survived: 0 },
  );
  return [...scores, all].map(({ name, killed, survived }) => {
    const whole = killed + survived;
    const percent = whole === 0 ? 'nothing to change' : `${((100 * killed) / whole).toFixed(1)} %`;
    return `mutation score, ${name}: ${percent} (${killed} of ${whole} mutants killed)`;
  });
}

import path from 'node:path';
import { TestStatus } from '@stryker-mutator/api/test-runner';
import { expect } from 'expect';
import fastCheck from 'fast-check';
import * as circus from 'jest-circus';

/**
 * @typedef {import('@stryker-mutator/api/test-runner').TestResult} TestResult
 * @typedef {import('jest-circus').Event} Event
 * @typedef {import('./fresh-modules.mjs').Load} Load
 *
 * @typedef {object} Run
 * @property {string} root the workspace
 * @property {readonly string[]} specs files below it
 * @property {Load} load
 * @property {ReadonlySet<string> | undefined} only ids of the tests to run; all of them without it
 * @property {boolean} stopsAtFailure whether the tests after the first that fails are left out
 * @property {() => void} whenLoaded called between loading the specs and running the first test
 * @property {(id: string | undefined) => void} entering called with each test before it runs, and with nothing after it
 */

const { beforeAll, beforeEach, afterAll, afterEach, describe, it, test } = circus;
const outermost = 'ROOT_DESCRIBE_BLOCK';
const separator = ' › ';

/** Gives the specs of this process what Jest would give them. */
export function provideGlobals() {
  Object.assign(globalThis, { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, test });
  // The same examples for every mutant, so that a score can be had again; and no time for finding the smallest one.
  fastCheck.configureGlobal({ seed: 1, endOnFailure: true });
}

/**
 * Loads specs and runs their tests in the order in which they were written.
 * @param {Run} run
 * @returns {Promise<readonly TestResult[]>} of all tests in those specs that had one to run
 * @throws what a spec threw while it was loaded, and what no test waited for
 */
export async function runSpecs(run) {
  circus.resetState();
  const files = run.only && new Set([...run.only].map(fileOf));
  for (const spec of run.specs) {
    const file = path.relative(run.root, spec);
    if (files?.has(file) === false) continue;
    circus.describe(file, () => {
      run.load(spec);
    });
  }
  run.whenLoaded();
  const watcher = watch(run);
  circus.addEventHandler(watcher);
  try {
    const { testResults, unhandledErrors } = await circus.run();
    const results = testResults.map((result) => resultOf(run.root, result));
    if (unhandledErrors.length > 0 && !results.some(({ status }) => status === TestStatus.Failed))
      throw new Error(unhandledErrors.join('\n'));
    return results;
  } finally {
    circus.removeEventHandler(watcher);
  }
}

/** @param {Run} run @returns {(event: Event) => void} */
function watch({ only, stopsAtFailure, entering }) {
  let isOver = false;
  return (event) => {
    if (event.name === 'test_start') {
      const id = idOf(namesOf(event.test));
      if (isOver || only?.has(id) === false) event.test.mode = 'skip';
      else entering(id);
    } else if (event.name === 'test_done') {
      entering(undefined);
      isOver ||= stopsAtFailure && event.test.errors.length > 0;
    }
  };
}

/** @param {{ name: string, parent?: any }} test @returns {readonly string[]} */
const namesOf = ({ name, parent }) => (parent ? [...namesOf(parent), name] : [name]);

/** @param {readonly string[]} names from the outermost block to the test; the second is the file */
const idOf = (names) => names.filter((name) => name !== outermost).join(separator);

/** @param {string} id */
const fileOf = (id) => id.slice(0, id.indexOf(separator));

/**
 * @param {string} root
 * @param {Awaited<ReturnType<typeof circus.run>>['testResults'][number]} result
 * @returns {TestResult}
 */
function resultOf(root, { testPath, status, duration, errors }) {
  const [, file, ...names] = testPath.map(String);
  const shared = {
    id: idOf(testPath.map(String)),
    name: names.join(' '),
    fileName: path.join(root, file ?? ''),
    timeSpentMs: duration ?? 0,
  };
  if (status !== 'done') return { ...shared, status: TestStatus.Skipped };
  const [failureMessage] = errors;
  return failureMessage === undefined
    ? { ...shared, status: TestStatus.Success }
    : { ...shared, status: TestStatus.Failed, failureMessage };
}

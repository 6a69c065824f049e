// Mutation testing of what decides who sees what: the query language and the policy over it. `npm run test:mutation`.

/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  mutate: [
    'libs/{query-dsl,policy}/src/**/*.ts',
    '!**/*.spec.ts',
    '!**/index.ts',
    // Reads files, so no unit test reaches it; its integration tests do.
    '!libs/policy/src/load-*.ts',
  ],
  testRunner: 'unit-specs',
  plugins: ['./tools/workspace/src/mutation/test-runner.mjs', './tools/workspace/src/mutation/prose.mjs'],
  ignorers: ['prose'],
  coverageAnalysis: 'perTest',
  // What runs while a module loads is changed as well: with this runner it costs little more.
  ignoreStatic: false,
  warnings: { slow: false },
  // The same as in jest.config.cjs.
  concurrency: 2,
  // A mutant that never ends costs all of this. No test waits for a start: most mutants are through in less than a second.
  timeoutMS: 15_000,
  timeoutFactor: 4,
  ignorePatterns: ['apps', 'docs', 'coverage', '**/dist', '.nx', '.sluice'],
  // Both are ignored by git, ESLint, Prettier and Nx already.
  tempDirName: '.tools/mutation',
  jsonReporter: { fileName: 'coverage/mutation/report.json' },
  htmlReporter: { fileName: 'coverage/mutation/report.html' },
  reporters: ['clear-text', 'json', 'html', 'progress'],
  allowConsoleColors: false,
  clearTextReporter: { allowColor: false, reportTests: false, reportMutants: false },
  // Below `break` the run fails.
  thresholds: { high: 95, low: 90, break: 85 },
};

/** Every project in one run. Tiers are told apart by file name: see CONTRIBUTING.md. */
module.exports = {
  projects: [
    '<rootDir>/apps/*/jest.config.cjs',
    '<rootDir>/libs/*/jest.config.cjs',
    '<rootDir>/tools/*/jest.config.cjs',
  ],
  // Two cores are the smallest machine we build on; more workers only fight the servers of the integration tests.
  maxWorkers: 2,
  // What specs leave behind in a process makes all later ones slower: to begin and end measuring, the whole heap is gone
  // through. Without a limit the last units of a full run took ten times as long as the first. A new worker costs a second.
  workerIdleMemoryLimit: '300MB',
  // With @swc/jest, v8 counts real branches; istanbul and ts-jest count those that decorators add.
  coverageProvider: 'v8',
  coverageReporters: ['text', 'json-summary'],
  coverageDirectory: '<rootDir>/coverage',
  collectCoverageFrom: [
    '{apps,libs,tools}/*/src/**/*.ts',
    '!**/*.spec.ts',
    '!**/main.ts',
    '!**/index.ts',
    '!**/dist/**',
  ],
  coverageThreshold: { global: { lines: 80, branches: 80 } },
};

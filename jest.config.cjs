/** Every project in one run. Tiers are told apart by file name: see CONTRIBUTING.md. */
module.exports = {
  projects: [
    '<rootDir>/apps/*/jest.config.cjs',
    '<rootDir>/libs/*/jest.config.cjs',
    '<rootDir>/tools/*/jest.config.cjs',
  ],
  // Two cores are the smallest machine we build on; more workers only fight the servers of the integration tests.
  maxWorkers: 2,
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

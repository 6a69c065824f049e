const path = require('node:path');

require('./tools/workspace/src/jest-with-modules.cjs')(__dirname);

/** Test tiers by file name. `SLUICE_TIERS=unit,contract` narrows a run; without it every tier runs but `faults`, which takes minutes. */
const tiers = {
  unit: '<rootDir>/src/**/*.spec.ts',
  integration: '<rootDir>/test/**/*.integration.spec.ts',
  contract: '<rootDir>/test/**/*.contract.spec.ts',
  e2e: '<rootDir>/test/**/*.e2e.spec.ts',
  faults: '<rootDir>/test/**/*.faults.spec.ts',
};

function chosenTiers() {
  const names =
    process.env.SLUICE_TIERS?.split(',') ?? Object.keys(tiers).filter((name) => name !== 'faults');
  return names.map((name) => {
    if (tiers[name] === undefined) throw new Error(`SLUICE_TIERS names "${name}", which is no test tier`);
    return tiers[name];
  });
}

/** Builds one project's Jest configuration; Nx runs it alone, jest.config.cjs runs all of them. */
module.exports = (name, rootDir) => ({
  displayName: name,
  rootDir,
  testEnvironment: path.join(__dirname, 'tools/workspace/src/measured-environment.cjs'),
  testMatch: chosenTiers(),
  setupFilesAfterEnv: ['test-deadline.cjs', 'fail-on-console.cjs'].map((file) =>
    path.join(__dirname, 'tools/workspace/src', file),
  ),
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
  moduleNameMapper: {
    '^(\\.{1,2}/.*)\\.js$': '$1',
    '^@sluice/(catalog|contracts|csv|engine|messaging|metadata-db|object-store|policy|query-dsl|service-kit)$':
      path.join(__dirname, 'libs/$1/src/index.ts'),
    // What tests of a library share with those of the whole, such as an emulator that can be made to fail.
    '^@sluice/(messaging|object-store)/test/(.*)\\.js$': path.join(__dirname, 'libs/$1/test/$2.ts'),
    '^@sluice/(gateway)/test/(.*)\\.js$': path.join(__dirname, 'apps/$1/test/$2.ts'),
    '^@sluice/(export-orchestrator)/test/(.*)\\.js$': path.join(__dirname, 'apps/$1/test/$2.ts'),
    '^@sluice/(audit-service|export-orchestrator|export-worker|gateway|query-service|standalone)$': path.join(
      __dirname,
      'apps/$1/src/index.ts',
    ),
    '^@sluice/(bench|cli|openapi)$': path.join(__dirname, 'tools/$1/src/index.ts'),
  },
});

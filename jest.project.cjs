const path = require('node:path');

/** Builds one project's Jest configuration; Nx runs it alone, jest.config.cjs runs all of them. */
module.exports = (name, rootDir) => ({
  displayName: name,
  rootDir,
  testEnvironment: 'node',
  testMatch: ['<rootDir>/src/**/*.spec.ts', '<rootDir>/test/**/*.spec.ts'],
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
    '^@sluice/(catalog|contracts|engine|messaging|metadata-db|object-store|policy|query-dsl|service-kit)$':
      path.join(__dirname, 'libs/$1/src/index.ts'),
    '^@sluice/(audit-service|export-orchestrator|export-worker|gateway|query-service|standalone)$': path.join(
      __dirname,
      'apps/$1/src/index.ts',
    ),
    '^@sluice/(cli|openapi)$': path.join(__dirname, 'tools/$1/src/index.ts'),
  },
});

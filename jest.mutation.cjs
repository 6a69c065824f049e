const roots = ['libs/catalog', 'libs/contracts', 'libs/policy', 'libs/query-dsl', 'tools/workspace'];

/** How stryker.config.mjs runs the unit specs of the libraries that it changes. */
module.exports = {
  ...require('./jest.project.cjs')('mutation', __dirname),
  roots: roots.map((project) => `<rootDir>/${project}/src`),
  testMatch: ['<rootDir>/tools/workspace/src/mutation/every-spec.cjs'],
  // Jest starts anew for each mutant: without looking for a file watcher, and without drawing where a test failed.
  watchman: false,
  noStackTrace: true,
};

/** Every project in one run. Tiers are told apart by file name: see CONTRIBUTING.md. */
module.exports = {
  projects: ['<rootDir>/apps/*', '<rootDir>/libs/*', '<rootDir>/tools/*/jest.config.cjs'],
};

import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

/** What a project may import, by its tags. Read from the top: each layer sees only those below it. */
const depConstraints = [
  {
    sourceTag: 'layer:suite',
    onlyDependOnLibsWithTags: ['layer:app', 'layer:adapter', 'layer:core', 'layer:contract'],
  },
  { sourceTag: 'layer:app', onlyDependOnLibsWithTags: ['layer:adapter', 'layer:core', 'layer:contract'] },
  { sourceTag: 'layer:adapter', onlyDependOnLibsWithTags: ['layer:core', 'layer:contract'] },
  { sourceTag: 'layer:core', onlyDependOnLibsWithTags: ['layer:core', 'layer:contract'] },
  { sourceTag: 'layer:contract', onlyDependOnLibsWithTags: ['layer:contract'] },
  { sourceTag: 'plane:edge', onlyDependOnLibsWithTags: ['plane:shared'] },
  { sourceTag: 'plane:control', onlyDependOnLibsWithTags: ['plane:shared'] },
  { sourceTag: 'plane:data', onlyDependOnLibsWithTags: ['plane:data', 'plane:shared'] },
  { sourceTag: 'plane:shared', onlyDependOnLibsWithTags: ['plane:shared'] },
  {
    sourceTag: 'plane:suite',
    onlyDependOnLibsWithTags: ['plane:edge', 'plane:control', 'plane:data', 'plane:shared'],
  },
];

/** Core libraries compute; what they know of time, place and machine is given to them. */
const ambientThings = [
  'process',
  'Date',
  'performance',
  'fetch',
  'setTimeout',
  'setInterval',
  'setImmediate',
];

/** A list of what is allowed, so that a new driver or framework needs a decision, not luck. */
const pureImports = {
  regex: String.raw`^(?!\.|@sluice/|zod$|yaml$|node:crypto$)`,
  message: 'A core library imports no framework, driver, process, clock or file system.',
};

export default tseslint.config(
  { ignores: ['**/dist', '**/coverage', '**/node_modules', '.nx', '.sluice', '.tools'] },
  ...tseslint.configs.strict,
  ...tseslint.configs.stylistic,
  {
    files: ['**/*.ts'],
    plugins: { '@nx': nx },
    languageOptions: {
      parserOptions: { project: './tsconfig.spec.json', tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@nx/enforce-module-boundaries': ['error', { enforceBuildableLibDependency: false, depConstraints }],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { arguments: false } }],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-extraneous-class': [
        'error',
        { allowWithDecorator: true, allowConstructorOnly: true },
      ],
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true, named: true } }],
      'no-console': 'error',
    },
  },
  {
    files: ['**/*.{ts,mjs,cjs,js}'],
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'max-lines': ['error', { max: 250, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['**/*.cjs', '**/bin/*.js'],
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
  {
    files: ['**/*.spec.ts', '**/test/**/*.ts'],
    rules: { 'max-lines-per-function': 'off', '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  {
    files: ['libs/{contracts,catalog,query-dsl,policy}/src/**/*.ts'],
    ignores: ['**/*.spec.ts', 'libs/{catalog,policy}/src/load-*.ts'],
    rules: {
      'no-restricted-globals': ['error', ...ambientThings],
      'no-restricted-imports': ['error', { patterns: [pureImports] }],
    },
  },
);

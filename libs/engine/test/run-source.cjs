/**
 * Runs TypeScript sources of the workspace in a plain child process, as Jest does in its own: `node run-source.cjs MODULE EXPORT JSON`
 * calls an exported function with one argument. Tests use it for processes that are to be killed.
 */
const { transformSync } = require('@swc/core');
const { existsSync, readFileSync } = require('node:fs');
const Module = require('node:module');
const path = require('node:path');

const root = path.join(__dirname, '../../..');
const resolveFilename = Module._resolveFilename;
Module._resolveFilename = function resolve(request, parent, ...rest) {
  const lib = /^@sluice\/([a-z-]+)$/.exec(request)?.[1];
  if (lib) return path.join(root, 'libs', lib, 'src/index.ts');
  if (request.startsWith('.') && parent?.filename) {
    const source = path.resolve(path.dirname(parent.filename), request.replace(/\.js$/, '.ts'));
    if (source.endsWith('.ts') && existsSync(source)) return source;
  }
  return resolveFilename.call(this, request, parent, ...rest);
};
Module._extensions['.ts'] = (module, filename) => {
  const jsc = { target: 'es2022', parser: { syntax: 'typescript', decorators: true } };
  const options = { filename, jsc, module: { type: 'commonjs' }, sourceMaps: 'inline' };
  module._compile(transformSync(readFileSync(filename, 'utf8'), options).code, filename);
};

const [, , file, name, argument] = process.argv;
require(path.resolve(file))
  [name](JSON.parse(argument))
  .catch((error) => {
    process.stderr.write(`${error.stack}\n`);
    process.exitCode = 1;
  });

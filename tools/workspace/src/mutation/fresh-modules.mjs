import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { compileFunction } from 'node:vm';
import { transformSync } from '@swc/core';

/**
 * @typedef {(file: string) => unknown} Load gives what a module exports, by its absolute path
 * @typedef {(exports: object, require: (name: string) => unknown, module: { exports: unknown }, filename: string, dirname: string) => void} Body
 */

/**
 * Compiles each module of the workspace once and runs it as often as one likes, so that a mutant starts with modules
 * nobody has used: what one mutant left in a table cannot reach the next. Packages are loaded once and shared.
 *
 * How TypeScript is compiled and what names stand for is taken from the configuration for Jest.
 */
export class ModuleCompiler {
  /** @type {Map<string, Body>} */
  #bodies = new Map();
  /** @type {Map<string, string | undefined>} */
  #files = new Map();
  #settings;
  #aliases;
  #requirePackage;

  /** @param {string} root the workspace, an absolute path */
  constructor(root) {
    this.#requirePackage = createRequire(path.join(root, 'package.json'));
    const project = this.#requirePackage('./jest.project.cjs')('mutation', root);
    [, this.#settings] = project.transform['^.+\\.ts$'];
    this.#aliases = Object.entries(project.moduleNameMapper).map(
      ([name, file]) => /** @type {const} */ ([new RegExp(name), String(file)]),
    );
  }

  /** @returns {Load} whose modules share their state with each other, and with no other one's */
  fresh() {
    /** @type {Map<string, { exports: unknown }>} */
    const modules = new Map();
    /** @type {Load} */
    const load = (file) => {
      const loaded = modules.get(file);
      if (loaded) return loaded.exports;
      const exports = {};
      const module = { exports };
      // Before it runs: modules may import each other in a circle.
      modules.set(file, module);
      this.#body(file)(
        exports,
        (name) => {
          const imported = this.#resolve(file, name);
          return imported === undefined ? this.#requirePackage(name) : load(imported);
        },
        module,
        file,
        path.dirname(file),
      );
      return module.exports;
    };
    return load;
  }

  /** @param {string} file */
  #body(file) {
    const known = this.#bodies.get(file);
    if (known) return known;
    const { code } = transformSync(readFileSync(file, 'utf8'), {
      ...this.#settings,
      filename: file,
      sourceMaps: false,
      configFile: false,
      swcrc: false,
    });
    const body = /** @type {Body} */ (
      compileFunction(code, ['exports', 'require', 'module', '__filename', '__dirname'], { filename: file })
    );
    this.#bodies.set(file, body);
    return body;
  }

  /**
   * @param {string} from the importing file
   * @param {string} name
   * @returns {string | undefined} a file of the workspace, or nothing for a package
   */
  #resolve(from, name) {
    const key = `${from}\0${name}`;
    if (this.#files.has(key)) return this.#files.get(key);
    const alias = this.#aliases.find(([pattern]) => pattern.test(name));
    const file = alias && path.resolve(path.dirname(from), name.replace(...alias));
    const source = file === undefined || file.endsWith('.ts') ? file : `${file}.ts`;
    this.#files.set(key, source);
    return source;
  }
}

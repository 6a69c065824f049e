import process from 'node:process';
import { DryRunStatus, determineHitLimitReached, toMutantRunResult } from '@stryker-mutator/api/test-runner';
import { ModuleCompiler } from './fresh-modules.mjs';
import { provideGlobals, runSpecs } from './run-specs.mjs';
import { unitSpecs } from './unit-specs.mjs';

/**
 * Runs the unit specs in Stryker's own process, with modules that are compiled once and loaded anew for each mutant.
 * Loading all of them takes some 60 ms; Jest takes about 3 s to start for each mutant.
 *
 * @typedef {import('@stryker-mutator/api/test-runner').TestRunner} TestRunner
 * @typedef {import('@stryker-mutator/api/core').InstrumenterContext} Context what the changed code reads and counts in
 * @implements {TestRunner}
 */
export class UnitSpecRunner {
  /** @type {Context} */
  #context = {};
  /** Stryker has moved the process into its copy of the workspace. */
  #root = process.cwd();
  #compiler = new ModuleCompiler(this.#root);
  #specs = unitSpecs(this.#root);

  /** Modules that are new each time need no new process for what runs while they load. */
  capabilities() {
    return { reloadEnvironment: true };
  }

  async init() {
    Reflect.set(globalThis, '__stryker__', this.#context);
    provideGlobals();
  }

  /** @param {import('@stryker-mutator/api/test-runner').DryRunOptions} options */
  async dryRun({ coverageAnalysis, disableBail }) {
    this.#clear();
    const result = await this.#run({ stopsAtFailure: !disableBail });
    const { mutantCoverage } = this.#context;
    return result.status === DryRunStatus.Complete && coverageAnalysis !== 'off' && mutantCoverage
      ? { ...result, mutantCoverage }
      : result;
  }

  /** @param {import('@stryker-mutator/api/test-runner').MutantRunOptions} options */
  async mutantRun({ activeMutant, mutantActivation, testFilter, hitLimit, disableBail }) {
    this.#clear();
    if (hitLimit !== undefined) Object.assign(this.#context, { hitCount: 0, hitLimit });
    const activate = () => {
      this.#context.activeMutant = activeMutant.id;
    };
    if (mutantActivation === 'static') activate();
    const result = await this.#run({
      only: testFilter && new Set(testFilter),
      stopsAtFailure: !disableBail,
      whenLoaded: activate,
    });
    return toMutantRunResult(result, disableBail);
  }

  #clear() {
    for (const key of Object.keys(this.#context)) Reflect.deleteProperty(this.#context, key);
  }

  /**
   * @param {{ only?: ReadonlySet<string> | undefined, stopsAtFailure: boolean, whenLoaded?: () => void }} choice
   * @returns {Promise<import('@stryker-mutator/api/test-runner').DryRunResult>}
   */
  async #run({ only, stopsAtFailure, whenLoaded = () => undefined }) {
    /** @param {string | undefined} id */
    const entering = (id) => {
      Object.assign(this.#context, { currentTestId: id });
    };
    try {
      const load = this.#compiler.fresh();
      const shared = { root: this.#root, specs: this.#specs, load, entering };
      const tests = await runSpecs({ ...shared, only, stopsAtFailure, whenLoaded });
      return this.#outOfHits() ?? { status: DryRunStatus.Complete, tests: [...tests] };
    } catch (error) {
      const errorMessage = error instanceof Error ? (error.stack ?? error.message) : String(error);
      return this.#outOfHits() ?? { status: DryRunStatus.Error, errorMessage };
    }
  }

  #outOfHits() {
    return determineHitLimitReached(this.#context.hitCount, this.#context.hitLimit);
  }
}

/** Stryker finds its plugins under this name. */
export const strykerPlugins = [{ kind: 'TestRunner', name: 'unit-specs', injectableClass: UnitSpecRunner }];

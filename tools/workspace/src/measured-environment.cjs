const { CoverageInstrumenter } = require('collect-v8-coverage');
const { TestEnvironment } = require('jest-environment-node');

/** Whether the spec that this process runs now is measured. */
let measuring = true;

/**
 * What the class has besides what it promises.
 * @typedef {{ session: import('node:inspector').Session, postSession(method: string, options?: object): Promise<any> }} Inside
 */

/**
 * Measures as the original does, but for the debugger, which it switches on for every spec and does not need: that tells
 * of each script in the process, and hashes it. Of the time that coverage added to a spec, it was two thirds.
 */
const withoutDebugger = {
  /** @this {Inside} */
  async startInstrumenting() {
    if (!measuring) return;
    this.session.connect();
    await this.postSession('Profiler.enable');
    await this.postSession('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  },

  /** @this {Inside} */
  async stopInstrumenting() {
    if (!measuring) return [];
    const { result } = await this.postSession('Profiler.takePreciseCoverage');
    await this.postSession('Profiler.stopPreciseCoverage');
    await this.postSession('Profiler.disable');
    this.session.disconnect();
    return result;
  },
};
Object.assign(CoverageInstrumenter.prototype, withoutDebugger);

/**
 * Node's environment, with cheaper coverage. A spec whose first comment says `@unmeasured` is run at full speed: for those
 * that go the ways of other specs again, some thousand times.
 */
module.exports = class MeasuredEnvironment extends TestEnvironment {
  /**
   * @param {import('@jest/environment').JestEnvironmentConfig} config
   * @param {import('@jest/environment').EnvironmentContext} context
   */
  constructor(config, context) {
    super(config, context);
    measuring = !('unmeasured' in context.docblockPragmas);
  }
};

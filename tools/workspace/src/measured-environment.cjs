const { CoverageInstrumenter } = require('collect-v8-coverage');
const { TestEnvironment } = require('jest-environment-node');

/** Whether the spec that this process runs now is measured. */
let measuring = true;

/**
 * Measures as the original does, but for the debugger, which it switches on for every spec and does not need: that tells
 * of each script in the process, and hashes it. Of the time that coverage added to a spec, it was two thirds.
 */
CoverageInstrumenter.prototype.startInstrumenting = async function start() {
  if (!measuring) return;
  this.session.connect();
  await this.postSession('Profiler.enable');
  await this.postSession('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
};

CoverageInstrumenter.prototype.stopInstrumenting = async function stop() {
  if (!measuring) return [];
  const { result } = await this.postSession('Profiler.takePreciseCoverage');
  await this.postSession('Profiler.stopPreciseCoverage');
  await this.postSession('Profiler.disable');
  this.session.disconnect();
  return result;
};

/**
 * Node's environment, with cheaper coverage. A spec whose first comment says `@unmeasured` is run at full speed: for those
 * that go the ways of other specs again, some thousand times.
 */
module.exports = class MeasuredEnvironment extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    measuring = !('unmeasured' in context.docblockPragmas);
  }
};

module.exports = require('../../jest.project.cjs')('export-orchestrator', __dirname);

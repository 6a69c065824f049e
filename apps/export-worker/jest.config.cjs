module.exports = require('../../jest.project.cjs')('export-worker', __dirname);

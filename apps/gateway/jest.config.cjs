module.exports = require('../../jest.project.cjs')('gateway', __dirname);

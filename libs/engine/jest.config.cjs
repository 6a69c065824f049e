module.exports = require('../../jest.project.cjs')('engine', __dirname);

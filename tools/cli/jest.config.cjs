module.exports = require('../../jest.project.cjs')('cli', __dirname);

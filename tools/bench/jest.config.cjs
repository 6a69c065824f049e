module.exports = require('../../jest.project.cjs')('bench', __dirname);

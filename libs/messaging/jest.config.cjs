module.exports = require('../../jest.project.cjs')('messaging', __dirname);

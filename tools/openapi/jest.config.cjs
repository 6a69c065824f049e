module.exports = require('../../jest.project.cjs')('openapi', __dirname);

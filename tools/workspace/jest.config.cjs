module.exports = require('../../jest.project.cjs')('workspace', __dirname);

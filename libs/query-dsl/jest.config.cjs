module.exports = require('../../jest.project.cjs')('query-dsl', __dirname);

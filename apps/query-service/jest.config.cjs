module.exports = require('../../jest.project.cjs')('query-service', __dirname);

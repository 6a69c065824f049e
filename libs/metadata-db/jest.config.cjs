module.exports = require('../../jest.project.cjs')('metadata-db', __dirname);

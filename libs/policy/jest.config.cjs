module.exports = require('../../jest.project.cjs')('policy', __dirname);

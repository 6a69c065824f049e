module.exports = require('../../jest.project.cjs')('catalog', __dirname);

module.exports = require('../../jest.project.cjs')('contracts', __dirname);

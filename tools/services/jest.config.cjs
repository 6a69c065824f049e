module.exports = require('../../jest.project.cjs')('services', __dirname);

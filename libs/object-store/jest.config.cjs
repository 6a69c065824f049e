module.exports = require('../../jest.project.cjs')('object-store', __dirname);

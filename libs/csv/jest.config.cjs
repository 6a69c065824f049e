module.exports = require('../../jest.project.cjs')('csv', __dirname);

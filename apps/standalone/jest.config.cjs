module.exports = require('../../jest.project.cjs')('standalone', __dirname);

module.exports = require('../../jest.project.cjs')('service-kit', __dirname);

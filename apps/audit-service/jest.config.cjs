module.exports = require('../../jest.project.cjs')('audit-service', __dirname);

export { openApiText } from './openapi-text.js';

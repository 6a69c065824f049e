export { type Parameter, type ScalarValue, type Statement } from './statement.js';

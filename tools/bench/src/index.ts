export { measure, summarise, type Measurement } from './measure.js';

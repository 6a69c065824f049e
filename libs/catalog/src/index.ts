export * from './column-type.js';
export * from './dataset.js';

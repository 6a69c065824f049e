export * from './column-type.js';
export * from './dataset.js';
export { buildCatalog, CatalogError, type CatalogSource } from './build-catalog.js';
export { datasetFile, type DatasetFile } from './catalog-file.js';
export { loadCatalog } from './load-catalog.js';

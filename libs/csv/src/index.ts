export { csvBytes, type CsvFile } from './csv-bytes.js';
export { type CsvColumn, type CsvRow, type CsvType, type CsvValue } from './csv-table.js';

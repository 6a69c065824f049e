import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { openApiText } from './openapi-text.js';

/** Writes docs/openapi.json; starts no server. */
const file = resolve(__dirname, '../../../docs/openapi.json');
writeFileSync(file, openApiText());
process.stdout.write(`${file} is written.\n`);

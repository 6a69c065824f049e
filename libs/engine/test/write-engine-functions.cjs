/**
 * Writes the snapshot of the engine's functions: `node libs/engine/test/write-engine-functions.cjs`. To be run when the engine's version
 * changes, after reading what is new: a function that reads files, settings or other SQL must not stand in `allowed-functions.ts`.
 */
const { DuckDBInstance } = require('@duckdb/node-api');
const { writeFileSync } = require('node:fs');
const { join } = require('node:path');

async function main() {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const reader = await connection.runAndReadAll(
    `select function_type || ' ' || string_agg(distinct function_name, ' ' order by function_name)
     from duckdb_functions() group by function_type order by function_type`,
  );
  const lines = reader.getRows().map(([line]) => line.replaceAll(/(.{1,140})(?: |$)/g, '$1\n  ').trimEnd());
  writeFileSync(join(__dirname, 'engine-functions.txt'), `${lines.join('\n')}\n`);
}

main();

// SPDX-License-Identifier: MIT
// Runs the SQL on standard input in the current folder and prints the rows: node duckdb.mjs
import { readFileSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';

const connection = await (await DuckDBInstance.create(':memory:')).connect();
const result = await connection.runAndReadAll(readFileSync(0, 'utf8'));
for (const row of result.getRowsJson()) console.log(row.flat().join('\t'));

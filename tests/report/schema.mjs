// SPDX-License-Identifier: MIT
// Validates JSON files by a schema of JSON Schema 2020-12: node schema.mjs SCHEMA FILE...
import { readFileSync } from 'node:fs';
import Ajv from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const read = (path) => JSON.parse(readFileSync(path, 'utf8'));
const ajv = new Ajv.default({ allowUnionTypes: true });
addFormats.default(ajv);
const validate = ajv.compile(read(process.argv[2]));
for (const path of process.argv.slice(3))
  if (!validate(read(path))) {
    console.log(path, JSON.stringify(validate.errors, null, 1));
    process.exitCode = 1;
  }

// SPDX-License-Identifier: MIT
// Validates a bill of materials by the schema of CycloneDX 1.5: node sbom.mjs FILE
import { readFileSync } from 'node:fs';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';

const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot5);
const problems = await validator.validate(readFileSync(process.argv[2], 'utf8'));
if (problems !== null) {
  console.log(JSON.stringify(problems, null, 1));
  process.exit(1);
}

/** Writes what kernward knows of its own YAML files before it starts: their values, read and checked now (dist/checked-values.json). */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { precompileValues } from '../src/run/shipped/precompile.js';
import { shippedFixes, shippedPolicies, shippedProfiles, shippedSupport } from '../src/run/shipped/package-files.js';
import { PACKAGE_ROOT } from '../src/run/shipped/package-root.js';
import { KernelFixSchema } from '../src/kernel/fixes/schema.js';
import { SupportSchema } from '../src/kernel/support/schema.js';
import { PolicySchema, ProfileSchema } from '../src/policy/schema.js';

const values = precompileValues([
  { schema: PolicySchema, files: shippedPolicies() },
  { schema: ProfileSchema, files: shippedProfiles() },
  { schema: KernelFixSchema, files: shippedFixes() },
  { schema: SupportSchema, files: shippedSupport() },
]);
writeFileSync(join(PACKAGE_ROOT, 'dist', 'checked-values.json'), JSON.stringify(values));

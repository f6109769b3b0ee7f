/**
 * Writes what kernward knows of its own YAML files before it starts: their values, read and checked now, and what the
 * expressions of its policies are compiled to (dist/checked-values.json).
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defined } from '../src/language/defined.js';
import { isSoundFix, precompileExpressions, precompileValues } from '../src/run/shipped/precompile.js';
import { shippedFixes, shippedPolicies, shippedProfiles, shippedSupport } from '../src/run/shipped/package-files.js';
import { PACKAGE_ROOT } from '../src/run/shipped/package-root.js';
import { KernelFixSchema } from '../src/kernel/fixes/schema.js';
import { SupportSchema } from '../src/kernel/support/schema.js';
import { loadFixes } from '../src/kernel/fixes/load.js';
import { PolicySchema, ProfileSchema } from '../src/policy/schema.js';
import { allFacts } from '../src/run/rule-set.js';

const values = precompileValues([
  { schema: PolicySchema, files: shippedPolicies() },
  { schema: ProfileSchema, files: shippedProfiles() },
  { schema: KernelFixSchema, files: shippedFixes(), isSound: isSoundFix },
  { schema: SupportSchema, files: shippedSupport() },
]);
const expressions = precompileExpressions(shippedPolicies(), allFacts(loadFixes(shippedFixes()).value ?? []));
const texts = Object.entries(values).map(([digest, text]) => [
  digest,
  { ...text, ...defined({ expressions: expressions.get(digest) }) },
]);
writeFileSync(join(PACKAGE_ROOT, 'dist', 'checked-values.json'), JSON.stringify(Object.fromEntries(texts)));

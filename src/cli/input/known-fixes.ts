import type { KnownFix } from '../../kernel/fixes/schema.js';
import { loadFixes } from '../../kernel/fixes/load.js';
import { shippedFixes } from '../../run/shipped/package-files.js';
import { stopOnErrors } from '../terminal/tell-diagnostics.js';

/**
 * Loads the shipped known fixes.
 *
 * @throws Stop where one of them is wrong
 */
export function knownFixes(): readonly KnownFix[] {
  const loaded = loadFixes(shippedFixes());
  stopOnErrors(loaded.diagnostics);
  return loaded.value ?? [];
}

import type { ValidateFunction } from 'ajv';
import type { TSchema } from 'typebox';

/**
 * What checks a schema, where that was compiled when kernward was built: scripts/precompute.mjs puts it here, for what
 * nearly every run checks. Compiling it takes as long as a fifth of a recorded run. Empty in modules that are not bundled.
 */
export const BUILT_VALIDATORS = new Map<TSchema, ValidateFunction>();

/** How a file of a user is checked. The build compiles by the same. */
export const FILE_CHECKS = {
  strict: true,
  allErrors: true,
  verbose: true,
  validateFormats: false,
  validateSchema: false,
} as const;

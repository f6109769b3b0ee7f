import type { TSchema } from 'typebox';

/**
 * What says whether a value fits a schema, where that was compiled when kernward was built: scripts/precompute.mjs puts it
 * here, for what nearly every run checks. It says yes or no; what is wrong is found by the checker that is compiled then.
 * Empty in modules that are not bundled.
 */
export const BUILT_VALIDATORS = new Map<TSchema, (value: unknown) => boolean>();

/** How a file of a user is checked. */
export const FILE_CHECKS = {
  strict: true,
  allErrors: true,
  verbose: true,
  validateFormats: false,
  validateSchema: false,
} as const;

/** The same, up to the first mistake and without a word about it: what the build compiles by. */
export const QUICK_CHECKS = { ...FILE_CHECKS, allErrors: false, verbose: false, messages: false } as const;

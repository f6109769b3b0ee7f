/**
 * The digest of the collector without facts of policies, where it was worked out when kernward was bundled:
 * scripts/precompute.mjs puts it here. In modules that are not bundled there is none, and it is worked out when it is asked for.
 */
export const BUILT_DIGEST: string | undefined = undefined;

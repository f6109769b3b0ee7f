interface BuiltTexts {
  /** The digest of the collector without facts of policies. */
  readonly collectorDigest?: string;
  /** The probe without facts of policies as it is sent, behind its first line. */
  readonly probeBody?: string;
}

/**
 * What comes out the same at every start and is not quickly made, where it was when kernward was bundled: scripts/precompute.mjs
 * puts it here. Empty in modules that are not bundled, where each is made when it is asked for.
 */
export const BUILT_TEXTS: BuiltTexts = {};

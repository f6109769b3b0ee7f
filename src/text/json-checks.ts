/**
 * How JSON that somebody else may have written is checked. The schemas are ours: a test holds them against the meta-schema, which
 * takes longer to compile than all of them. Optimising the code that checks takes as long as it gains over ten thousand hosts.
 */
export const JSON_CHECKS = {
  strict: true,
  ownProperties: true,
  allowUnionTypes: true,
  validateSchema: false,
  code: { optimize: false },
} as const;

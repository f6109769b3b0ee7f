/**
 * What SARIF 2.1.0 asks of the objects that kernward writes, by hand from the standard, beside the official schema
 * (test/support/sarif-schema.ts): closed objects, so that a property that the standard does not have is found.
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html
 */
function closed(required: readonly string[], properties: Readonly<Record<string, object>>): object {
  return {
    type: 'object',
    required,
    properties,
    additionalProperties: false,
  };
}

const TEXT = { type: 'string' };
const LEVEL = { enum: ['none', 'note', 'warning', 'error'] };
const BAG = { type: 'object', properties: { tags: { type: 'array', items: TEXT, uniqueItems: true, maxItems: 20 } } };
/** 3.11: here always with `text`. */
const MESSAGE = closed(['text'], { text: TEXT });
const URI_REFERENCE = { type: 'string', pattern: "^(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-F]{2})+$" };

/** 3.49 */
const RULE = closed(['id'], {
  id: TEXT,
  shortDescription: MESSAGE,
  fullDescription: MESSAGE,
  helpUri: { type: 'string', pattern: '^https://' },
  help: MESSAGE,
  defaultConfiguration: closed([], { level: LEVEL }),
  properties: BAG,
});

/** 3.28, 3.29, 3.33 */
const LOCATION = closed(['logicalLocations'], {
  physicalLocation: closed(['artifactLocation'], {
    artifactLocation: closed(['uri'], { uri: URI_REFERENCE }),
    region: closed(['startLine'], { startLine: { type: 'integer', minimum: 1 } }),
  }),
  logicalLocations: {
    type: 'array',
    minItems: 1,
    items: closed(['name'], { name: TEXT, fullyQualifiedName: TEXT, kind: TEXT }),
  },
});

/** 3.27; 3.27.10: a level other than `none` only where the kind is `fail`. */
const RESULT = {
  ...closed(['message', 'ruleId', 'ruleIndex', 'kind', 'level', 'locations', 'partialFingerprints'], {
    ruleId: TEXT,
    ruleIndex: { type: 'integer', minimum: 0 },
    kind: { enum: ['fail', 'open'] },
    level: LEVEL,
    baselineState: { enum: ['new', 'unchanged', 'updated', 'absent'] },
    message: MESSAGE,
    locations: { type: 'array', minItems: 1, maxItems: 1, items: LOCATION },
    partialFingerprints: { type: 'object', minProperties: 1, additionalProperties: TEXT },
    suppressions: {
      type: 'array',
      minItems: 1,
      uniqueItems: true,
      items: closed(['kind'], {
        kind: { enum: ['inSource', 'external'] },
        status: { enum: ['accepted', 'underReview', 'rejected'] },
        justification: TEXT,
      }),
    },
  }),
  anyOf: [{ properties: { kind: { const: 'fail' } } }, { properties: { level: { const: 'none' } } }],
};

/** 3.20, 3.58 */
const INVOCATION = closed(['executionSuccessful'], {
  executionSuccessful: { type: 'boolean' },
  exitCode: { type: 'integer' },
  exitCodeDescription: TEXT,
  startTimeUtc: { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}Z$' },
  toolExecutionNotifications: {
    type: 'array',
    items: closed(['message'], { level: LEVEL, descriptor: closed(['id'], { id: TEXT }), message: MESSAGE }),
  },
});

/** 3.13, 3.14, 3.18, 3.19 */
export const SARIF_SHAPE = closed(['version', 'runs'], {
  $schema: { type: 'string', pattern: '^https://' },
  version: { const: '2.1.0' },
  runs: {
    type: 'array',
    minItems: 1,
    maxItems: 1,
    items: closed(['tool', 'results'], {
      tool: closed(['driver'], {
        driver: closed(['name'], { name: { const: 'kernward' }, version: TEXT, rules: { type: 'array', items: RULE } }),
      }),
      invocations: { type: 'array', minItems: 1, maxItems: 1, items: INVOCATION },
      columnKind: { enum: ['utf16CodeUnits', 'unicodeCodePoints'] },
      results: { type: 'array', maxItems: 5_000, items: RESULT },
      properties: BAG,
    }),
  },
});

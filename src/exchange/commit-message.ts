import { Ajv2020 } from 'ajv/dist/2020.js';
import { type Static, Type } from 'typebox';
import { memoize } from '../language/memoize.js';
import { JSON_CHECKS } from '../text/json-checks.js';
import { safeJson } from '../text/safe-json.js';
import { parseStrictJson } from '../text/strict-json.js';

const COMMIT_SCHEMA = 1;
const By = { kernward: Type.String({ maxLength: 100 }), worker: Type.String({ maxLength: 300 }) };

/** Where the readings of a shard are, and what they must be. */
export const ResultSchema = Type.Object(
  {
    kind: Type.Literal('result'),
    schema: Type.Literal(COMMIT_SCHEMA),
    ...By,
    attempt: Type.String({ pattern: '^[0-9a-z-]{1,64}$' }),
    parts: Type.Integer({ minimum: 1, maximum: 100_000 }),
    bytes: Type.Integer({ minimum: 1, description: 'of all parts' }),
    sha256: Type.String({ pattern: '^[0-9a-f]{64}$', description: 'of all parts' }),
    answered: Type.Integer({ minimum: 0 }),
  },
  { additionalProperties: false },
);
export type ResultCommit = Static<typeof ResultSchema>;

/** No host was asked, and none will be by another worker. */
export const RefusalSchema = Type.Object(
  {
    kind: Type.Literal('refused'),
    schema: Type.Literal(COMMIT_SCHEMA),
    ...By,
    why: Type.String({ minLength: 1, maxLength: 1000 }),
  },
  { additionalProperties: false },
);
export type RefusalCommit = Static<typeof RefusalSchema>;
export type Commit = ResultCommit | RefusalCommit;

const validators = memoize(() => {
  const ajv = new Ajv2020(JSON_CHECKS);
  return { result: ajv.compile<ResultCommit>(ResultSchema), refusal: ajv.compile<RefusalCommit>(RefusalSchema) };
});

export function resultCommit(said: Omit<ResultCommit, 'kind' | 'schema'>): Uint8Array {
  return Buffer.from(safeJson({ kind: 'result', schema: COMMIT_SCHEMA, ...said } satisfies ResultCommit));
}

export function refusalCommit(said: Omit<RefusalCommit, 'kind' | 'schema'>): Uint8Array {
  return Buffer.from(safeJson({ kind: 'refused', schema: COMMIT_SCHEMA, ...said } satisfies RefusalCommit));
}

/** @returns undefined where it is none */
export function readCommit(bytes: Uint8Array): Commit | undefined {
  try {
    const json = parseStrictJson(Buffer.from(bytes).toString());
    const { result: isResult, refusal: isRefusal } = validators();
    return isResult(json) || isRefusal(json) ? json : undefined;
  } catch {
    return undefined;
  }
}

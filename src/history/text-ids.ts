import { createHash } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Tables } from './database/tables.js';
import { batches, storable } from './row-ids.js';

/** Numbers for texts, each kept once however many name it. */
export interface TextNumbers {
  readonly of: (texts: ReadonlySet<string>) => Promise<ReadonlyMap<string, number>>;
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}

export async function textNumbers(db: Kysely<Tables>): Promise<TextNumbers> {
  const { most } = await db
    .selectFrom('texts')
    .select(({ fn }) => fn.max('text').as('most'))
    .executeTakeFirstOrThrow();
  let next = (most ?? 0) + 1;
  const known = new Map<string, number>();

  const lookUp = async (digests: readonly string[]): Promise<void> => {
    for (const batch of batches(digests)) {
      const rows = await db.selectFrom('texts').select(['text', 'digest']).where('digest', 'in', batch).execute();
      for (const { text, digest } of rows) known.set(digest, text);
    }
  };

  const keep = async (added: readonly { readonly digest: string; readonly body: string }[]): Promise<void> => {
    for (const batch of batches(added)) {
      const rows = batch.map((each) => ({ ...each, text: next++ }));
      await db.insertInto('texts').values(rows).execute();
      for (const { text, digest } of rows) known.set(digest, text);
    }
  };

  return {
    of: async (texts) => {
      const bodies = new Map([...texts].map((text) => [digestOf(text), storable(text)]));
      await lookUp([...bodies.keys()].filter((digest) => !known.has(digest)));
      await keep([...bodies].flatMap(([digest, body]) => (known.has(digest) ? [] : [{ digest, body }])));
      return new Map([...texts].map((text) => [text, known.get(digestOf(text)) ?? 0]));
    },
  };
}

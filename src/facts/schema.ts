import { Type, type TSchema } from 'typebox';
import type { FactDescription, FactType } from '../model/fact.js';
import { UNREADABLE_CAUSES } from '../model/reading.js';
import { FACTS, FURTHER_FACTS } from './index.js';

function valueSchema(type: FactType): TSchema {
  switch (type.kind) {
    case 'int':
      return Type.Integer({
        minimum: type.min ?? Number.MIN_SAFE_INTEGER,
        maximum: type.max ?? Number.MAX_SAFE_INTEGER,
      });
    case 'bool':
      return Type.Boolean();
    case 'string':
      return Type.String();
    case 'enum':
      return Type.Enum([...type.values]);
    case 'list':
      return Type.Array(Type.String());
    case 'map':
      return Type.Record(Type.String(), Type.String());
    default:
      return type satisfies never;
  }
}

const closed = { additionalProperties: false };
const Absent = Type.Object({ state: Type.Literal('absent'), witness: Type.String() }, closed);
const Unreadable = Type.Object(
  { state: Type.Literal('unreadable'), cause: Type.Enum([...UNREADABLE_CAUSES]), detail: Type.String() },
  closed,
);

/** A reading of one fact, as it stands in JSON. */
function readingSchema({ title, type }: FactDescription): TSchema {
  return Type.Union(
    [
      Type.Object({ state: Type.Literal('known'), value: valueSchema(type), raw: Type.String() }, closed),
      Absent,
      Unreadable,
    ],
    { description: title },
  );
}

/** The readings of one host as a JSON object by fact id; a fact that was not collected may be missing. */
export function readingsSchema(facts: readonly FactDescription[]): TSchema {
  return Type.Object(Object.fromEntries(facts.map((fact) => [fact.id, Type.Optional(readingSchema(fact))])), closed);
}

/** Readings as the probe gives them, without derived facts. */
export const ReadingsSchema: TSchema = readingsSchema([...FACTS, ...FURTHER_FACTS]);

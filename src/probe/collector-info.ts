import { defined } from '../language/defined.js';
import type { FactDefinition } from '../facts/definition.js';
import { unreadable, type Reading } from '../model/reading.js';
import { factEditions } from './fact-editions.js';
import type { Frames } from './output/frames.js';

/** What a collector that is installed on the host says of itself. */
export interface CollectorSaid {
  /** The digest of the file, as sha256sum on the host prints it; undefined where that is not to be had. */
  readonly sha256?: string;
  /** The editions of the facts that it asks for. */
  readonly editions: ReadonlySet<string>;
}

/** Undefined: no collector answered, but the script that was sent. */
export function collectorIn(sections: Frames): CollectorSaid | undefined {
  const section = sections.get('collector');
  if (section === undefined) return undefined;
  const lines = section === 'broken' ? [] : section.text.split('\n');
  const sha256 = lines.flatMap((line) => /^(?<digest>[0-9a-f]{64}) [ *]\//u.exec(line)?.groups?.['digest'] ?? []).at(0);
  const editions = lines.find((line) => line.startsWith('facts ')) ?? '';
  return { ...defined({ sha256 }), editions: new Set(editions.split(' ').slice(1)) };
}

const NOT_ASKED = unreadable(
  'not-collected',
  "the collector on the host is another edition than this kernward's, and does not ask for it in the same way",
);

export const NOT_ASKED_AT_ALL = unreadable(
  'not-collected',
  'the host was not asked for it, or not as it is declared now',
);

const NOT_INSTALLED = unreadable(
  'not-collected',
  'the collector on the host was installed without it, or with another declaration of it: kernward collector -p FILE prints one that reads what the policies of FILE declare',
);

const NOT_RECORDED = unreadable(
  'not-collected',
  'the recording was made before it was declared, or when it was declared differently',
);

/** Why a fact that a policy declares was not asked for, by what answered; undefined: the script that was sent. */
export function whyDeclaredNotAsked(
  collector: CollectorSaid | undefined,
  isRecorded: boolean,
): Reading<never> | undefined {
  if (isRecorded) return NOT_RECORDED;
  return collector === undefined ? undefined : NOT_INSTALLED;
}

/** Why the collector's output says nothing of a fact; undefined where it does. */
export function notAskedBy(
  collector: CollectorSaid | undefined,
  { id }: Pick<FactDefinition, 'id'>,
): Reading<never> | undefined {
  return collector === undefined || collector.editions.has(factEditions().get(id) ?? '') ? undefined : NOT_ASKED;
}

import type { Position } from '../../../model/diagnostic.js';
import type { Criterion } from './match-line.js';
import { textOption, type Options } from '../parse/options.js';
import { matchHostName, matchPatternList } from './pattern.js';

/** What a Match line is asked of. */
export interface Subject {
  /** The host name as it is known so far: HostName's value where one was set. */
  readonly host: string;
  /** The name that the user gave. */
  readonly original: string;
  readonly localUser: string;
  /** The files are read for the second time. */
  readonly final: boolean;
}

/** True, false, or undefined: only ssh itself, here and now, can say. */
type Answer = boolean | undefined;

function tagged(tag: string, list: string): boolean {
  return tag === '' ? list === '' : matchPatternList(tag, list);
}

function answer(criterion: Criterion, subject: Subject, options: Options): Answer {
  switch (criterion.asks) {
    case 'all':
      return true;
    case 'final':
    case 'canonical':
      return subject.final;
    case 'host':
      return matchHostName(subject.host, criterion.argument);
    case 'originalhost':
      return matchHostName(subject.original, criterion.argument);
    case 'user':
      return matchPatternList(textOption(options, 'user') ?? subject.localUser, criterion.argument);
    case 'localuser':
      return matchPatternList(subject.localUser, criterion.argument);
    case 'tagged':
      return tagged(textOption(options, 'tag') ?? '', criterion.argument);
    case 'exec':
    case 'localnetwork':
    case 'version':
    case 'command':
    case 'sessiontype':
      return undefined;
  }
}

/**
 * Whether a Match block applies. A criterion that only ssh can answer, and that decides, becomes a doubt; the block
 * then counts as not applying.
 */
export function matchApplies(
  criteria: readonly Criterion[],
  subject: Subject,
  options: Options,
  at: Position,
): boolean {
  let applies = true;
  for (const criterion of criteria) {
    // ssh, too, runs no command once a criterion has failed.
    if (!applies) break;
    const found = answer(criterion, subject, options);
    if (found === undefined) {
      const detail = `Match ${criterion.asks}${'argument' in criterion ? ` ${criterion.argument}` : ''}`;
      options.doubts.push({ reason: criterion.asks === 'exec' ? 'match-exec' : 'match-criterion', detail, at });
      applies = false;
    } else applies = found !== criterion.negated;
  }
  return applies;
}

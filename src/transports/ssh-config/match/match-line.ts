import { lowerAscii, nextToken, splitArguments } from '../parse/lexer.js';

export type Criterion =
  | { readonly asks: 'all' | 'final' | 'canonical'; readonly negated: boolean }
  | {
      readonly asks:
        | 'host'
        | 'originalhost'
        | 'user'
        | 'localuser'
        | 'tagged'
        | 'exec'
        | 'localnetwork'
        | 'version'
        | 'command'
        | 'sessiontype';
      readonly negated: boolean;
      readonly argument: string;
    };

export type MatchReading = { readonly criteria: readonly Criterion[] } | { readonly wrong: string };

const WITH_ARGUMENT = [
  'host',
  'originalhost',
  'user',
  'localuser',
  'tagged',
  'exec',
  'localnetwork',
  'version',
  'command',
  'sessiontype',
] as const;
/** An empty argument means something for these. */
const MAY_BE_EMPTY: ReadonlySet<string> = new Set(['tagged', 'command']);

/** Gives the next criterion, or the argument of the last one; undefined at the end. */
type Next = (what: 'criterion' | 'argument') => string | undefined;

function readCriteria(next: Next): MatchReading {
  const criteria: Criterion[] = [];
  for (;;) {
    const word = next('criterion');
    if (word === undefined || word === '' || word.startsWith('#')) break;
    const negated = word.startsWith('!');
    const name = lowerAscii(negated ? word.slice(1) : word);
    if (name === 'all') {
      const after = next('argument');
      if (criteria.length > 1 || (after !== undefined && after !== '' && !after.startsWith('#')))
        return { wrong: 'all cannot stand with other criteria' };
      return { criteria: [...criteria, { asks: 'all', negated }] };
    }
    if (name === 'final' || name === 'canonical') {
      criteria.push({ asks: name, negated });
      continue;
    }
    const asks = WITH_ARGUMENT.find((known) => known === name);
    const argument = next('argument');
    if (argument === undefined || (argument === '' && !MAY_BE_EMPTY.has(name)) || argument.startsWith('#'))
      return { wrong: `${word} has no argument` };
    if (asks === undefined) return { wrong: `there is no criterion ${word}` };
    criteria.push({ asks, negated, argument });
  }
  return criteria.length === 0 ? { wrong: 'Match has no criterion' } : { criteria };
}

/** OpenSSH up to 9.8: words ended by blanks or one `=`, double quotes only. */
function byDelimiters(rest: string): Next {
  let left: string | undefined = rest;
  return () => {
    if (left === undefined) return undefined;
    const found = nextToken(left);
    left = found?.rest;
    return found?.token;
  };
}

/** OpenSSH from 9.9: arguments as in every other line, `criterion=argument` in one word. */
function byArguments(rest: string): Next {
  const words = [...(splitArguments(rest) ?? [])];
  let pending: string | undefined;
  return (what) => {
    if (pending !== undefined) {
      const argument = pending;
      pending = undefined;
      return argument;
    }
    const word = words.shift();
    const equals = word?.indexOf('=') ?? -1;
    if (word === undefined || what === 'argument' || equals < 0) return word;
    pending = word.slice(equals + 1);
    return word.slice(0, equals);
  };
}

/**
 * The criteria of a Match line. Both ways in which releases of OpenSSH cut the line are tried.
 *
 * @param rest the line after `Match`
 * @returns undefined where the two ways differ, so that only the ssh at hand knows
 */
export function readMatch(rest: string): MatchReading | undefined {
  const older = readCriteria(byDelimiters(rest));
  const newer = readCriteria(byArguments(rest));
  return JSON.stringify(older) === JSON.stringify(newer) ? older : undefined;
}

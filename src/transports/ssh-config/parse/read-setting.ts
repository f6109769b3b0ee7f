import type { SshSetting } from './directive.js';
import type { Doubt } from '../doubt.js';
import { expandTokens, type LocalUser } from '../expand.js';
import { readJump } from '../jump.js';
import type { Keyword, Kind } from './keywords.js';
import { skipBlanks } from './lexer.js';
import { toInteger, toSeconds, toWord, wordsOfSet } from './values.js';

export type SettingReading =
  | { readonly setting: SshSetting }
  | { readonly nothing: true }
  | { readonly wrong: string }
  | { readonly doubt: Omit<Doubt, 'at'> };

/** The line after its keyword: as words, and as written. */
export interface Written {
  readonly keyword: string;
  readonly args: readonly string[];
  readonly rest: string;
}

const NOTHING: SettingReading = { nothing: true };
const MAX_PORT = 65_535;
/** @see MAX_CANON_DOMAINS, readconf.h */
const MOST_ALIASES = 32;
const MOST_REVOKED = 1;

type Reader = (keyword: Keyword, written: Written, environment: LocalUser['environment']) => SettingReading;

function one(option: string, value: string | number): SettingReading {
  return { setting: { sets: 'one', option, value } };
}

/** A reader of exactly one argument that is not empty. */
function single(
  read: (argument: string, keyword: Keyword, environment: LocalUser['environment']) => SettingReading,
): Reader {
  return (keyword, { args }, environment) => {
    const [argument, extra] = args;
    if (argument === undefined || argument === '') return { wrong: 'the argument is missing' };
    const found = read(argument, keyword, environment);
    return extra === undefined || 'wrong' in found ? found : { wrong: `${extra} is one argument too many` };
  };
}

const readPort = single((argument, { option }) => {
  const port = toInteger(argument, MAX_PORT);
  if (port !== undefined) return port === 0 ? { wrong: '0 is not a port' } : one(option, port);
  return /^[+-]?\d+$/.test(argument)
    ? { wrong: `${argument} is not a port` }
    : { doubt: { reason: 'service-name', detail: `Port ${argument}` } };
});

/** `none` sets nothing, so that a later line can. */
const readSeconds = single((argument, { option }) => {
  if (argument === 'none') return NOTHING;
  const seconds = toSeconds(argument);
  return seconds === undefined ? { wrong: `${argument} is not a time` } : one(option, seconds);
});

const readInteger = single((argument, { option }) => {
  const value = toInteger(argument);
  return value === undefined ? { wrong: `${argument} is not a whole number` } : one(option, value);
});

/** Variables are checked here, for ssh refuses the file, whichever host it is asked for. */
const readAgent = single((argument, { option }, environment) => {
  const expanded = expandTokens(argument.replaceAll('%', '%%'), {}, environment);
  if ('problem' in expanded) return { wrong: expanded.problem };
  return /^\$(?!\{)/.test(argument) && !/^\$[\w]+$/.test(argument)
    ? { wrong: `${argument} does not name a variable` }
    : one(option, argument);
});

/**
 * Which names there are depends on the release; here only what no name can be is refused. ssh does not check what it
 * removes.
 */
const readAlgorithms = single((argument, { option }) =>
  argument.startsWith('-') || /^[+^]?[\w@.*?,+-]+$/.test(argument)
    ? one(option, argument)
    : { wrong: `${argument} is not a list of algorithms` },
);

function readList(keyword: Keyword, { args }: Written, most: number): SettingReading {
  if (args.includes('')) return { wrong: 'an argument is empty' };
  if (args.length > 1 && args.some((argument) => argument.toLowerCase() === 'none'))
    return { wrong: 'none must stand alone' };
  return args.length === 0 ? NOTHING : { setting: { sets: 'list', option: keyword.option, values: args, most } };
}

/** `source:target` patterns: whether DNS aliases may change a name. */
const readAliases: Reader = (keyword, written) => {
  const wrong = written.args.find(
    (argument) => argument.toLowerCase() !== 'none' && argument !== '*' && !/^[^:]*:./s.test(argument),
  );
  return wrong === undefined
    ? readList(keyword, written, MOST_ALIASES)
    : { wrong: `${wrong} is not a pair of patterns` };
};

/** One file until OpenSSH 10.2, several and with tokens in later releases. */
const readRevoked: Reader = (keyword, written) => {
  const [path, another] = written.args;
  if (path === undefined) return { wrong: 'the argument is missing' };
  const read = readList(keyword, written, MOST_REVOKED);
  const isNewer = another !== undefined || /^~|%|\$\{/.test(path);
  return isNewer && !('wrong' in read && another === undefined)
    ? { doubt: { reason: 'revoked-host-keys', detail: `RevokedHostKeys ${written.rest}` } }
    : read;
};

const jumpOf: Reader = (_, { rest }) => {
  const reading = readJump(skipBlanks(rest, '='));
  switch (reading.jump) {
    case 'none':
    case 'hops':
      return { setting: { sets: 'jump', jump: reading } };
    case 'wrong':
      return { wrong: reading.message };
    case 'unsure':
      return { doubt: { reason: reading.reason, detail: `ProxyJump: ${reading.detail}` } };
  }
};

const READERS: Readonly<Record<Exclude<Kind['reads'], 'words' | 'list'>, Reader>> = {
  seconds: readSeconds,
  integer: readInteger,
  port: readPort,
  string: single((argument, { option }) => one(option, argument)),
  command: ({ option }, { rest }) => one(option, skipBlanks(rest, '=')),
  jump: jumpOf,
  agent: readAgent,
  algorithms: readAlgorithms,
  aliases: readAliases,
  revoked: readRevoked,
  many: single((argument, { option }) => ({ setting: { sets: 'another', option, value: argument } })),
  nothing: () => NOTHING,
};

/** The value of a line that is neither Host, Match nor Include. ssh checks it in blocks that do not apply, too. */
export function readSetting(keyword: Keyword, written: Written, environment: LocalUser['environment']): SettingReading {
  const { kind } = keyword;
  if (kind.reads === 'list') return readList(keyword, written, kind.most);
  if (kind.reads !== 'words') return READERS[kind.reads](keyword, written, environment);
  return single((argument, { option }) => {
    const word = toWord(kind.words, argument);
    return word === undefined ? { wrong: `${argument} is none of ${wordsOfSet(kind.words)}` } : one(option, word);
  })(keyword, written, environment);
}

import type { Directive, HostNamePattern, SshConfig } from './parse/directive.js';
import { expandTokens } from './expand.js';
import { matchApplies } from './match/match.js';
import { applySetting, textOption, type Options } from './parse/options.js';
import { toBytes, matchBytes, matchPatternList } from './match/pattern.js';

/** One reading of all files for one host. */
export interface Pass {
  readonly options: Options;
  /** What Host patterns are compared with: the name given, in the second pass the name that HostName made of it. */
  readonly host: string;
  readonly original: string;
  readonly localUser: string;
  readonly final: boolean;
  /**
   * Whether a `Match final` was met, and whether one without `!`: OpenSSH before 10.1 makes a second pass for either.
   */
  readonly wants: { final: boolean; plainFinal: boolean };
}

function hostApplies(hostBytes: string, patterns: readonly HostNamePattern[]): boolean {
  let applies = false;
  for (const { negated, bytes } of patterns) {
    if (!matchBytes(hostBytes, bytes)) continue;
    if (negated) return false;
    applies = true;
  }
  return applies;
}

/** The name a Match line is asked of. A HostName that cannot be expanded is reported where it is used. */
function hostForMatch({ options, host, final }: Pass): string {
  const named = textOption(options, 'hostname');
  if (named === undefined || final) return named ?? host;
  const expanded = expandTokens(named, { h: host });
  return 'text' in expanded ? expanded.text : host;
}

function isForgiven(keyword: string, options: Options): boolean {
  return matchPatternList(keyword, textOption(options, 'ignoreunknown') ?? '', true);
}

function matchIn(directive: Extract<Directive, { is: 'match' }>, never: boolean, pass: Pass): boolean {
  for (const criterion of directive.criteria) {
    if (criterion.asks !== 'final') continue;
    pass.wants.final = true;
    pass.wants.plainFinal ||= !criterion.negated;
  }
  return (
    !never &&
    matchApplies(
      directive.criteria,
      { host: hostForMatch(pass), original: pass.original, localUser: pass.localUser, final: pass.final },
      pass.options,
      directive.at,
    )
  );
}

/** @param never the files are included from a block that does not apply: read, but nothing in them applies either */
function walkDirectives(
  directives: readonly Directive[],
  user: boolean,
  never: boolean,
  pass: Pass,
  hostBytes: string,
): void {
  let active = !never;
  const { options } = pass;
  for (const directive of directives) {
    switch (directive.is) {
      case 'host':
        active = !never && hostApplies(hostBytes, directive.patterns);
        break;
      case 'match':
        active = matchIn(directive, never, pass);
        break;
      case 'include':
        for (const file of directive.files) walkDirectives(file, user, !active, pass, hostBytes);
        break;
      case 'setting':
        if (active) applySetting(options, directive.setting, user, directive.at);
        break;
      case 'unknown':
        if (!isForgiven(directive.keyword, options))
          options.doubts.push({ reason: 'unknown-keyword', detail: directive.detail, at: directive.at });
        break;
      case 'doubt':
        options.doubts.push(directive.doubt);
    }
  }
}

/** Reads all files once for a host, in order. */
export function walkConfig(config: SshConfig, pass: Pass): void {
  for (const file of config.files) walkDirectives(file.directives, file.user, false, pass, toBytes(pass.host));
}

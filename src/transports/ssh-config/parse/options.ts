import type { Diagnostic, Position } from '../../../model/diagnostic.js';
import { clean } from '../../../text/clean.js';
import type { SshSetting } from './directive.js';
import type { Doubt } from '../doubt.js';
import type { JumpReading } from '../jump.js';
import { MOST_IDENTITY_FILES } from './keywords.js';

/**
 * A file that was named, and whether the user's own configuration named it: ssh drops a repetition only within one of
 * both.
 */
interface Named {
  readonly path: string;
  readonly user: boolean;
}

/** What the lines read so far have set, for one host. The first value of each option stays. */
export interface Options {
  readonly one: Map<string, string | number>;
  readonly lists: Map<string, readonly string[]>;
  readonly many: Map<string, Named[]>;
  jump: Extract<JumpReading, { jump: 'none' | 'hops' }> | undefined;
  readonly doubts: Doubt[];
  readonly problems: Diagnostic[];
}

export function newOptions(): Options {
  return {
    one: new Map(),
    lists: new Map(),
    many: new Map(),
    jump: undefined,
    doubts: [],
    problems: [],
  };
}

export function textOption(options: Options, option: string): string | undefined {
  const value = options.one.get(option);
  return value === undefined ? undefined : String(value);
}

export function numberOption(options: Options, option: string): number | undefined {
  const value = options.one.get(option);
  return typeof value === 'number' ? value : undefined;
}

function problem(options: Options, code: string, message: string, at: Position): void {
  options.problems.push({ code, severity: 'error', message: clean(message, 300), at });
}

function addNamed(options: Options, option: string, named: Named, at: Position): void {
  const list = options.many.get(option) ?? [];
  options.many.set(option, list);
  if (list.length >= MOST_IDENTITY_FILES)
    problem(options, 'ssh-config/value', `${option}: more than ${MOST_IDENTITY_FILES} files for one host`, at);
  else if (!list.some((other) => other.path === named.path && other.user === named.user)) list.push(named);
}

/** `ProxyCommand` and `ProxyJump` shut each other out: whichever comes first. */
function setProxyCommand(options: Options, command: string, at: Position): void {
  if (options.jump?.jump === 'hops' || options.one.has('proxycommand')) return;
  // OpenSSH before 10.3 drops the command; later ones take it.
  if (options.jump?.jump === 'none') {
    if (command.toLowerCase() !== 'none')
      options.doubts.push({ reason: 'proxy-command-after-jump-none', detail: `ProxyCommand ${command}`, at });
  } else options.one.set('proxycommand', command);
}

/** A line of a block that applies to the host. */
export function applySetting(options: Options, setting: SshSetting, user: boolean, at: Position): void {
  switch (setting.sets) {
    case 'one':
      if (setting.option === 'proxycommand') setProxyCommand(options, String(setting.value), at);
      else if (setting.option === 'refuseconnection')
        problem(options, 'ssh-config/refused', `RefuseConnection: ${setting.value}`, at);
      else if (!options.one.has(setting.option)) options.one.set(setting.option, setting.value);
      return;
    case 'list':
      if (options.lists.has(setting.option)) return;
      if (setting.values.length > setting.most)
        problem(options, 'ssh-config/value', `${setting.option}: more than ${setting.most} files`, at);
      options.lists.set(setting.option, setting.values);
      return;
    case 'another':
      addNamed(options, setting.option, { path: setting.value, user }, at);
      return;
    case 'jump':
      if (options.jump === undefined && !options.one.has('proxycommand')) options.jump = setting.jump;
  }
}

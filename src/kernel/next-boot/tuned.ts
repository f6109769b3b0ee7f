import { TUNED_ACTIVE, TUNED_DIRECTORIES, TUNED_LAST, TUNED_MAIN, TUNED_MODE } from '../../facts/boot-files.js';
import { append } from '../../text/append.js';
import type { BootFiles } from './boot-files.js';
import type { BootHost } from './boot-host.js';
import type { ConfFile } from './conf-files.js';
import type { Write } from './sysctl-d.js';

/** `uname_regex=aarch64`, of which the value is looked for; of `cpuinfo_regex` the value is not looked at. */
export interface Condition extends Write {
  readonly isUname: boolean;
}

/** A part of a profile, as tuned has it after merging: which plugin it is for, and its options, each name once. */
export interface ProfileUnit {
  type: string;
  isEnabled: boolean;
  /** On which machines it is applied at all. */
  conditions?: readonly Condition[];
  drops: readonly string[];
  readonly replaces: boolean;
  options: Map<string, Write>;
}

/** What tuned does at boot: the units of its active profiles, in the order in which it applies them. */
export interface TunedPlan {
  readonly profile: string;
  readonly units: readonly ProfileUnit[];
  /** Profiles with a program that it runs, by their file. */
  readonly programs: readonly string[];
  /** Does it write the files of sysctl.d again, after its own? */
  readonly reapplies: boolean;
  readonly doubt?: string;
}

/** `[sysctl] kernel.panic=10`. */
function optionIn(text: string): { readonly part: string; readonly name: string; readonly value: string } | undefined {
  const found = /^\[([^\]]*)\] ([^=]*?)\s*=(.*)$/.exec(text);
  return found === null
    ? undefined
    : {
        part: found[1] ?? '',
        name: found[2] ?? '',
        // Readings of before still have the comment.
        value: (found[3] ?? '').replace(/\s#.*$/, '').trim(),
      };
}

const MOST_PROFILES = 32;
const PLUGINS: ReadonlySet<string> = new Set(['sysctl', 'vm', 'sysfs']);

function isTrue(value: string): boolean {
  return ['True', 'true', '1'].includes(value);
}

interface Profile {
  readonly includes: Write | undefined;
  readonly units: ReadonlyMap<string, ProfileUnit>;
  /** A line that is not as it seems, or with which tuned may apply nothing at all: an assertion (functions/function_assertion.py). */
  readonly odd: string | undefined;
}

function readProfile({ path, lines }: ConfFile): Profile {
  const parts = new Map<string, Map<string, Write>>();
  let includes: Write | undefined;
  let odd: string | undefined;
  const partNamed = (part: string): Map<string, Write> => {
    const options = parts.get(part) ?? new Map<string, Write>();
    parts.set(part, options);
    return options;
  };
  for (const { line, text } of lines) {
    const header = /^\[([^\]]*)\]$/.exec(text)?.[1];
    const option = optionIn(text);
    if (header !== undefined) partNamed(header);
    else if (option === undefined) odd ??= `${path}:${line} is a line that is not followed`;
    else {
      const write = { value: option.value, file: path, line };
      if (option.part !== 'main') partNamed(option.part).set(option.name, write);
      else if (option.name === 'include') includes = write;
    }
  }
  const units = [...parts].map(([name, options]): readonly [string, ProfileUnit] => {
    const take = (option: string): Write | undefined => {
      const write = options.get(option);
      options.delete(option);
      return write;
    };
    const [type, enabled, replace, drop] = ['type', 'enabled', 'replace', 'drop'].map(take);
    const conditions = ['cpuinfo_regex', 'uname_regex'].flatMap((each) => {
      const write = take(each);
      return write === undefined ? [] : [{ ...write, isUname: each === 'uname_regex' }];
    });
    return [
      name,
      {
        type: type?.value ?? name,
        isEnabled: enabled === undefined || isTrue(enabled.value),
        ...(conditions.length === 0 ? {} : { conditions }),
        drops: drop === undefined ? [] : drop.value.split(/\b\s*[,;]\s*/),
        replaces: replace !== undefined && isTrue(replace.value),
        options,
      },
    ];
  });
  return { includes, units: new Map(units), odd };
}

/** A later profile's options take the place of those of one that it includes (merger.py). */
function merge(units: Map<string, ProfileUnit>, later: ReadonlyMap<string, ProfileUnit>): void {
  for (const [name, unit] of later) {
    const before = units.get(name);
    if (before === undefined || unit.replaces) {
      units.set(name, unit);
      continue;
    }
    before.type = unit.type;
    before.isEnabled = unit.isEnabled;
    const [own, earlier] = [unit.conditions ?? [], before.conditions ?? []];
    const both = [...own, ...earlier.filter(({ isUname }) => !own.some((each) => each.isUname === isUname))];
    if (both.length > 0) before.conditions = both;
    for (const option of unit.drops) before.options.delete(option);
    before.options = new Map([...before.options, ...unit.options]);
  }
}

/** Alternatives of plain letters and dots, which Python and we read alike, and in bounded time. */
const PLAIN_PATTERN = /^(?:[A-Za-z0-9_ |^$-]|\.\*?){1,64}$/;
const MOST_RUNS = 2;

/**
 * Does `uname_regex` find the machine? undefined: that is not known. It looks anywhere in `uname -snrvm`, the name of the host among it.
 *
 * @see _unit_matches_uname() in tuned/units/manager.py, Debian tuned 2.20.0-1
 */
function isFoundByUname(
  pattern: string,
  { node, files }: BootFiles,
  { machine, release, running, version }: BootHost,
): boolean | undefined {
  const parts = [node, release, version, machine];
  if (parts.includes(undefined) || release !== running) return undefined;
  // It takes the place of all of os.uname(), and is not told.
  if (files.get(TUNED_MAIN)?.lines.some(({ text }) => /^\s*uname_string\b/.test(text)) === true) return undefined;
  if (!PLAIN_PATTERN.test(pattern) || pattern.split('*').length - 1 > MOST_RUNS) return undefined;
  return new RegExp(pattern, 'm').test(['Linux', ...parts].join(' '));
}

/** The unit as it is applied on this machine, without what is known to hold of it; undefined: it is not applied. */
function onMachine(unit: ProfileUnit, files: BootFiles, host: BootHost): ProfileUnit | undefined {
  const { conditions, ...rest } = unit;
  if (conditions === undefined) return unit;
  const answers = conditions.map((condition) =>
    condition.isUname ? isFoundByUname(condition.value, files, host) : undefined,
  );
  if (answers.includes(false)) return undefined;
  const open = conditions.filter((_, index) => answers[index] === undefined);
  return open.length === 0 ? rest : { ...rest, conditions: open };
}

/** The first line of a small file of tuned; empty where there is none. */
function wordsIn({ files }: BootFiles, path: string): string {
  return files.get(path)?.lines[0]?.text.trim() ?? '';
}

/**
 * Why the active profiles may be others: where tuned chose them it chooses anew at each start, and writes down what it chose, the
 * profile before the mode; undefined: they are those.
 *
 * @see _get_startup_profile() and _thread_code() in daemon.py, get_active_profile() and save_active_profile() in commands.py, tuned 2bfa442 (2.28.0-rc.1)
 */
function doubtOfChoice(files: BootFiles): string | undefined {
  const unread = [TUNED_ACTIVE, TUNED_MODE, TUNED_LAST].find((path) => files.files.get(path)?.unread !== undefined);
  if (unread !== undefined) return `${unread} ${files.files.get(unread)?.unread ?? ''}`;
  const [active, mode, last] = [TUNED_ACTIVE, TUNED_MODE, TUNED_LAST].map((path) => wordsIn(files, path));
  if (active === '?') return `${TUNED_ACTIVE} holds no names of profiles`;
  if (mode !== undefined && !['', 'auto', 'manual'].includes(mode))
    return `${TUNED_MODE} says ${mode}, with which tuned does not start`;
  if (last !== undefined && /\s/.test(last)) return `${TUNED_LAST} names several profiles, with which tuned loads none`;
  const why = 'which profile tuned recommends, which it then applies, is not known';
  if (mode !== 'manual' && active === '') return `${why}: no profile is active`;
  return mode === 'auto' && files.newer.has(TUNED_ACTIVE)
    ? `${why}: ${TUNED_MODE} says auto, and ${TUNED_ACTIVE} was written after it`
    : undefined;
}

interface Program {
  readonly unit: string;
  readonly isOfUnit: boolean;
  readonly file: string;
}

/** What a profile runs: the script of the plugin of that name, and what is to run before or after any other. */
function programsOf(units: ReadonlyMap<string, ProfileUnit>): readonly Program[] {
  return [...units].flatMap(([unit, { options }]) =>
    ['script', 'script_pre', 'script_post'].flatMap((name) => {
      const write = options.get(name);
      return write === undefined ? [] : [{ unit, isOfUnit: name === 'script', file: write.file }];
    }),
  );
}

/** @returns undefined where tuned does not start at boot, or has no profile */
export function planTuned(files: BootFiles, host: BootHost = {}): TunedPlan | undefined {
  if (!files.enabled.has('tuned')) return undefined;
  const choice = doubtOfChoice(files);
  const profile = [TUNED_ACTIVE, TUNED_LAST]
    .map((path) => wordsIn(files, path))
    .filter((names) => names !== '')
    .join(' ');
  if (profile === '' && choice === undefined) return undefined;
  const profiles: ReadonlyMap<string, ProfileUnit>[] = [];
  const programs: Program[] = [];
  const doubts = choice === undefined ? [] : [choice];
  const done = new Set<string>();
  const load = (name: string): void => {
    const isConditional = name.startsWith('-');
    const base = name.replace(/^-/, '');
    const paths = TUNED_DIRECTORIES.map((directory) => `${directory}/${base}/tuned.conf`).filter((each) =>
      files.files.has(each),
    );
    // One that is being read already hides no longer what it hid: a profile may include that of its own name in /usr/lib.
    const file = paths.flatMap((path) => (done.has(path) ? [] : (files.files.get(path) ?? [])))[0];
    if (file === undefined) {
      if (!isConditional && paths.length === 0) doubts.push(`the profile ${base} of tuned was not found`);
      return;
    }
    done.add(file.path);
    if (file.unread !== undefined || done.size > MOST_PROFILES) {
      doubts.push(`${file.path} ${file.unread ?? 'is one of too many profiles'}`);
      return;
    }
    const { includes, units, odd } = readProfile(file);
    if (odd !== undefined) doubts.push(odd);
    if (includes?.value.includes('$'))
      doubts.push(`${includes.file}:${includes.line} includes a profile by a variable`);
    else if (includes !== undefined) for (const each of includes.value.split(/\s*[,;]\s*/)) load(each);
    append(programs, programsOf(units));
    profiles.push(units);
  };
  if (choice === undefined) for (const name of profile.split(/\s+/)) load(name);
  const merged = new Map<string, ProfileUnit>(profiles[0]);
  for (const later of profiles.slice(1)) merge(merged, later);
  // They are no unit, whatever they say of themselves (loader.py).
  merged.delete('variables');
  const enabled = new Map([...merged].filter(([, { isEnabled }]) => isEnabled));
  const units = [...enabled.values()]
    .filter(({ type }) => PLUGINS.has(type))
    .flatMap((unit) => onMachine(unit, files, host) ?? []);
  const run = programs.filter(({ unit: name, isOfUnit }) => {
    const unit = enabled.get(name);
    return unit !== undefined && (!isOfUnit || unit.type === 'script') && onMachine(unit, files, host) !== undefined;
  });
  const priorities = new Map(units.map((unit) => [unit, Number(unit.options.get('priority')?.value ?? 0)]));
  for (const unit of units) unit.options.delete('priority');
  units.sort((a, b) => (priorities.get(a) ?? 0) - (priorities.get(b) ?? 0));
  const main = files.files.get(TUNED_MAIN);
  const setting = main?.lines
    .map(({ text }) => /^\s*reapply_sysctl\s*=\s*(\S*)/.exec(text)?.[1])
    .findLast((value) => value !== undefined);
  if (setting !== undefined && !/^(?:0|1|false|true|no|yes|off|on)$/i.test(setting))
    doubts.push(`${TUNED_MAIN} says reapply_sysctl=${setting}, with which tuned does not start`);
  if (main?.unread !== undefined) doubts.push(`${TUNED_MAIN} ${main.unread}`);
  if (main?.lines.some(({ text }) => text.includes('profile_dirs')) === true)
    doubts.push(`${TUNED_MAIN} names other directories of profiles`);
  const [doubt] = doubts;
  return {
    profile,
    units,
    programs: [...new Set(run.map(({ file }) => file))],
    reapplies: !/^(?:0|false|no|off)$/i.test(setting ?? '1'),
    ...(doubt === undefined ? {} : { doubt }),
  };
}

import { SYSCTL_CONF, TUNED_ACTIVE, TUNED_DIRECTORIES, TUNED_MAIN } from '../../facts/boot-files.js';
import type { BootFiles } from './boot-files.js';
import { filesInOrder } from './conf-files.js';
import { globMatches } from './glob.js';
import { append } from '../../text/append.js';
import type { KeyHistory, Write } from './sysctl-d.js';

interface Option {
  readonly part: string;
  readonly name: string;
  readonly write: Write;
}

/** What tuned does at boot: the options of its active profiles, those that they include first. */
export interface TunedPlan {
  readonly profile: string;
  readonly options: readonly Option[];
  /** Does it write the files of sysctl.d again, after its own? */
  readonly reapplies: boolean;
  readonly doubt?: string;
}

/** `[sysctl] kernel.panic=10  # why` as tuned's reader of configurations has it. */
function optionIn(text: string): { readonly part: string; readonly name: string; readonly value: string } | undefined {
  const found = /^(\[[^\]]*\]) ([^=]*?)\s*=(.*)$/.exec(text);
  if (found === null) return undefined;
  const value = (found[3] ?? '').replace(/(?:^|\s)#.*$/, '').trim();
  return { part: found[1] ?? '', name: found[2] ?? '', value: value.replace(/^(["'])(.*)\1$/, '$2') };
}

const MOST_PROFILES = 32;

/** @returns undefined where tuned does not start at boot, or has no profile */
export function planTuned(files: BootFiles): TunedPlan | undefined {
  if (!files.enabled.has('tuned')) return undefined;
  const active = files.files.get(TUNED_ACTIVE);
  if (active === undefined) return undefined;
  const profile = active.lines[0]?.text.trim() ?? '';
  if (profile === '') return undefined;
  const options: Option[] = [];
  const doubts: string[] = [];
  let hasSysctls = false;
  const done = new Set<string>();
  const load = (name: string): void => {
    const isConditional = name.startsWith('-');
    const base = name.replace(/^-/, '');
    const path = TUNED_DIRECTORIES.map((directory) => `${directory}/${base}/tuned.conf`).find((each) =>
      files.files.has(each),
    );
    const file = path === undefined ? undefined : files.files.get(path);
    if (file === undefined) {
      if (!isConditional) doubts.push(`the profile ${base} of tuned was not found`);
      return;
    }
    if (done.has(file.path)) return;
    done.add(file.path);
    if (file.unread !== undefined || done.size > MOST_PROFILES) {
      doubts.push(`${file.path} ${file.unread ?? 'is one of too many profiles'}`);
      return;
    }
    const own: Option[] = [];
    for (const { line, text } of file.lines) {
      if (text === '[sysctl]') hasSysctls = true;
      const option = optionIn(text);
      if (option === undefined) continue;
      const { part, name: key, value } = option;
      if (part === '[main]') {
        if (key === 'include' && value.includes('$'))
          doubts.push(`${file.path}:${line} includes a profile by a variable`);
        else if (key === 'include') for (const each of value.split(/[,;\s]+/)) if (each !== '') load(each);
      } else if (key === 'type' || key === 'enabled' || key === 'replace') {
        if (['[sysctl]', '[vm]', '[sysfs]'].includes(part) || /^(?:sysctl|vm|sysfs)$/.test(value))
          doubts.push(`${file.path}:${line} says ${key} of ${part}, which is not followed`);
      } else own.push({ part, name: key, write: { value, file: file.path, line } });
    }
    append(options, own);
  };
  if (active.unread !== undefined) doubts.push(`${TUNED_ACTIVE} ${active.unread}`);
  else if (profile === '?') doubts.push(`${TUNED_ACTIVE} holds no names of profiles`);
  else for (const name of profile.split(/\s+/)) load(name);
  const main = files.files.get(TUNED_MAIN);
  const settings = main?.lines
    .map(({ text }) => /^\s*reapply_sysctl\s*=\s*(\S*)/.exec(text)?.[1])
    .filter((value) => value !== undefined);
  const reapplies = !/^(?:0|false|no|off)$/i.test(settings?.at(-1) ?? '1');
  if (main?.unread !== undefined) doubts.push(`${TUNED_MAIN} ${main.unread}`);
  if (main?.lines.some(({ text }) => text.includes('profile_dirs')) === true)
    doubts.push(`${TUNED_MAIN} names other directories of profiles`);
  const [doubt] = doubts;
  return { profile, options, reapplies: reapplies && hasSysctls, ...(doubt === undefined ? {} : { doubt }) };
}

/** plugin_sysctl.py: every dot is a slash. */
function pathOf(name: string): string {
  return name.replaceAll('.', '/');
}

const SYSCTL_DIRECTORIES = ['/run/sysctl.d', '/etc/sysctl.d'];

/** What tuned writes again of the files of sysctl.d; it does not look into /usr, and reads no pattern. */
function reapplied(files: BootFiles, sysctl: string): readonly Write[] {
  return [
    ...filesInOrder(files.sysctls, SYSCTL_DIRECTORIES),
    ...files.sysctls.files.filter(({ path }) => path === SYSCTL_CONF),
  ].flatMap(({ path, lines }) =>
    lines.flatMap(({ line, text }): readonly Write[] => {
      const found = /^\s*(?![#;])([^=]*?)\s*=(.*)$/.exec(text);
      return found !== null && pathOf(found[1] ?? '') === pathOf(sysctl)
        ? [{ value: (found[2] ?? '').trim(), file: path, line }]
        : [];
    }),
  );
}

const CHANGED = /\$\{|^[<>]/;

/** What tuned writes to a sysctl, or, without `sysctl`, to a path below /sys. */
export function historyOfTuned(
  plan: TunedPlan,
  files: BootFiles,
  sysctl: string | undefined,
  path: string,
  hasThpParameter: boolean,
): KeyHistory {
  // A profile's option takes the place of that of the profile that it includes.
  const own = plan.options.filter(({ part, name }) =>
    sysctl === undefined
      ? (part === '[sysfs]' && globMatches(path, name.replace(/\/+/g, '/'))) ||
        (part === '[vm]' &&
          /^transparent_hugepages?$/.test(name) &&
          path.endsWith('/transparent_hugepage/enabled') &&
          !hasThpParameter)
      : part === '[sysctl]' && pathOf(name) === pathOf(sysctl),
  );
  const last = own.at(-1);
  const writes = [
    ...(last === undefined ? [] : [last.write]),
    ...(sysctl === undefined || !plan.reapplies ? [] : reapplied(files, sysctl)),
  ];
  const odd =
    last !== undefined && CHANGED.test(last.write.value)
      ? `${last.write.file}:${last.write.line} is not a plain value`
      : undefined;
  const doubt = plan.doubt ?? (writes.at(-1) === last?.write ? odd : undefined);
  return doubt === undefined ? { writes } : { writes, doubt };
}

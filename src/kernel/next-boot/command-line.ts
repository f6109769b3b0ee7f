import {
  BOOT_ENTRIES,
  GRUB_CFGS,
  GRUB_DEFAULTS,
  GRUB_DEFAULTS_DIRECTORY,
  KERNEL_CMDLINE,
} from '../../facts/boot-files.js';
import { COLLECTED } from '../../facts/catalog/cmdline.js';
import type { BootFiles } from './boot-files.js';
import { defaultOfExtlinux, releaseOf } from './loaders/extlinux.js';
import { defaultOfGrubCfg, ownEntries, type GrubEntry } from './loaders/grub-cfg.js';
import { wordsOfVariable } from './loaders/grub-variables.js';
import { defaultOfSystemdBoot, doubtOfCount, isBySystemdBoot } from './loaders/systemd-boot.js';
import { doubtOfUnfollowed, unreadImages } from './loaders/unfollowed.js';
import type { ConfFile } from './conf-files.js';

/** Parameters with their place, of the command line that the next kernel is started with. */
type NextParameters = ReadonlyMap<string, { readonly value: string; readonly place: string }>;

/** What is known of the next command line. */
export interface NextCommandLine {
  /** What it says of a parameter: `undefined` it is not given, `doubt` where that is not known. */
  readonly ask: (
    name: string,
  ) => { readonly value: string; readonly place: string } | { readonly doubt: string } | undefined;
}

type Said = { readonly parameters: NextParameters } | { readonly doubt: string };

/** `options panic=5 @kernelopts` as parameters; `@NAME` is put in by `expand`. */
function parametersOf(
  text: string,
  place: string,
  expand: (name: string) => readonly string[] | undefined = () => undefined,
): Said {
  const found = new Map<string, { value: string; place: string }>();
  const queue = text.split(' ').filter((word) => word !== '');
  for (let at = 0; at < queue.length && at < 500; at++) {
    const word = queue[at] ?? '';
    if (word === '?') return { doubt: `${place} has a part that is not understood` };
    if (word.startsWith('@')) {
      const words = expand(word.slice(1));
      if (words === undefined) return { doubt: `${place} uses $${word.slice(1)}, which is not known` };
      queue.splice(at + 1, 0, ...words);
      continue;
    }
    const equals = word.indexOf('=');
    const name = equals < 0 ? word : word.slice(0, equals);
    const value = equals < 0 ? '' : word.slice(equals + 1);
    const before = COLLECTED.has(name) ? found.get(name)?.value : undefined;
    found.set(name, { value: before === undefined ? value : `${before} ${value}`, place });
  }
  return { parameters: found };
}

function ofEntry(files: BootFiles, file: ConfFile): Said {
  if (file.unread !== undefined) return { doubt: `${file.path} ${file.unread}` };
  const options = file.lines.filter(({ text }) => /^options(?: |$)/.test(text));
  return parametersOf(
    options.map(({ text }) => text.slice('options'.length)).join(' '),
    `${file.path}${options[0] === undefined ? '' : `:${options[0].line}`}`,
    (name) => wordsOfVariable(files, name),
  );
}

/** Of entries of the Boot Loader Specification those that start by themselves: none for rescue. */
function entriesOf(files: BootFiles): readonly Said[] {
  const chosen = defaultOfSystemdBoot(files);
  if (chosen !== undefined) return ['doubt' in chosen ? chosen : ofEntry(files, chosen)];
  return [...files.files.values()]
    .filter(({ path }) => path.startsWith(`${BOOT_ENTRIES}/`) && !path.includes('rescue'))
    .map((file) => doubtOfCount([file]) ?? ofEntry(files, file));
}

function ofExtlinux(files: BootFiles): readonly Said[] {
  const entry = defaultOfExtlinux(files);
  if (entry === undefined) return [];
  if ('doubt' in entry) return [entry];
  // What is no kernel by its name may pass on another line: mboot.c32, memdisk.
  if (releaseOf(entry.kernel) === undefined)
    return [{ doubt: `${entry.place} starts ${entry.kernel}, which names no release` }];
  return [parametersOf(entry.parameters, entry.place)];
}

function ofGrubEntry(files: BootFiles, { parameters, place }: GrubEntry): Said {
  return parametersOf(parameters, place, (name) => wordsOfVariable(files, name));
}

/**
 * The parameters of the entry of grub.cfg that is the default; where the file leaves it to entries of their own, those of what it has
 * beside them, any of which may be it.
 */
function ofGrubCfg(files: BootFiles, file: ConfFile): { readonly isWhole: boolean; readonly said: readonly Said[] } {
  const entry = defaultOfGrubCfg(files, file);
  if (entry === undefined)
    return { isWhole: false, said: ownEntries(files, file).map((each) => ofGrubEntry(files, each)) };
  return 'doubt' in entry ? { isWhole: false, said: [entry] } : { isWhole: true, said: [ofGrubEntry(files, entry)] };
}

function ofKernelCmdline({ lines }: ConfFile): Said {
  return parametersOf(lines.map(({ text }) => text.replace(/^options/, '')).join(' '), KERNEL_CMDLINE);
}

/** What /etc/default/grub and the files beside it ask for; they count when grub.cfg is made the next time. */
function configuredOf(files: BootFiles): Said | undefined {
  const direct = files.files.get(KERNEL_CMDLINE);
  const grub = [
    ...[files.files.get(GRUB_DEFAULTS)].filter((file) => file !== undefined),
    ...[...files.files.values()]
      .filter(({ path }) => path.startsWith(`${GRUB_DEFAULTS_DIRECTORY}/`))
      .sort((a, b) => (a.path < b.path ? -1 : 1)),
  ];
  const unread = [...grub, ...(direct === undefined ? [] : [direct])].find((file) => file.unread !== undefined);
  if (unread !== undefined) return { doubt: `${unread.path} ${unread.unread}` };
  if (grub.length === 0)
    // It is what an entry or an image is made with, and either may be there.
    return direct === undefined ? undefined : (unreadImages(files) ?? ofKernelCmdline(direct));
  const variables = new Map<string, Map<string, { value: string; place: string }>>();
  for (const { path, lines } of grub)
    for (const { line, text } of lines) {
      const assignment = /^(GRUB_CMDLINE_LINUX(?:_DEFAULT)?)(\+?)=(.*)$/.exec(text);
      if (assignment === null) {
        if (text === '?' && lines.some((each) => each.text.startsWith('GRUB_CMDLINE_LINUX')))
          return { doubt: `${path}:${line} is more than an assignment, and is not executed to see what it does` };
        continue;
      }
      const [, name = '', plus = '', value = ''] = assignment;
      const before = variables.get(name);
      const refers = value.split(' ').filter((word) => word.startsWith('@'));
      if (refers.some((word) => word !== `@${name}`)) return { doubt: `${path}:${line} uses another variable` };
      const said = parametersOf(value.replaceAll(`@${name}`, ''), `${path}:${line}`);
      if ('doubt' in said) return said;
      variables.set(name, new Map([...(plus === '+' || refers.length > 0 ? (before ?? []) : []), ...said.parameters]));
    }
  return {
    parameters: new Map([
      ...(variables.get('GRUB_CMDLINE_LINUX') ?? []),
      ...(variables.get('GRUB_CMDLINE_LINUX_DEFAULT') ?? []),
    ]),
  };
}

/**
 * The command line of the next boot: of the boot loader's own entries where they may be read; else what is configured,
 * as far as this boot's command line agrees with it.
 *
 * @param now this boot's, filtered
 */
export function nextCommandLine(files: BootFiles, now: ReadonlyMap<string, string> | undefined): NextCommandLine {
  const { staged } = files;
  const unfollowed = staged === undefined ? doubtOfUnfollowed(files) : { doubt: staged };
  if (unfollowed !== undefined) return { ask: () => unfollowed };
  const entries = entriesOf(files);
  const cfgs = GRUB_CFGS.flatMap((path) => files.files.get(path) ?? []).map((file) => ofGrubCfg(files, file));
  const others = [...cfgs.flatMap(({ said }) => said), ...ofExtlinux(files)];
  const loader: readonly Said[] = isBySystemdBoot(files)
    ? entries
    : cfgs.some(({ isWhole }) => isWhole)
      ? others
      : [...entries, ...others];
  const configured = configuredOf(files);
  const closed =
    loader.flatMap((said) => ('doubt' in said ? [said.doubt] : []))[0] ??
    [BOOT_ENTRIES, '/boot'].flatMap((path) => {
      const why = files.unread.get(path);
      return why === undefined ? [] : [`${path} ${why}`];
    })[0] ??
    'no configuration of a boot loader was found';
  // kernel-install makes entries with this one, grub-mkconfig with the others.
  const direct = files.files.get(KERNEL_CMDLINE);
  const made = direct === undefined ? undefined : ofKernelCmdline(direct);
  const isRead = loader.length > 0 && loader.every((said) => 'parameters' in said);
  return {
    ask: (name) => {
      if (isRead) {
        const said = loader.map((each) => ('parameters' in each ? each.parameters.get(name) : undefined));
        const [first] = said;
        return said.every((each) => each?.value === first?.value)
          ? first
          : { doubt: `the entries of the boot loader differ in ${name}` };
      }
      if (now === undefined || configured === undefined) return { doubt: closed };
      if ('doubt' in configured) return configured;
      const wanted = configured.parameters.get(name);
      if (made !== undefined && 'doubt' in made) return made;
      if (made !== undefined && made.parameters.get(name)?.value !== wanted?.value)
        return { doubt: `${closed}; ${wanted?.place ?? GRUB_DEFAULTS} and ${KERNEL_CMDLINE} differ in ${name}` };
      if (wanted?.value === now.get(name)) return wanted;
      return {
        doubt: `${closed}; /proc/cmdline ${now.has(name) ? `has ${name}=${now.get(name) ?? ''}` : `has no ${name}`} and ${wanted === undefined ? 'what is configured has not' : `${wanted.place} has ${name}=${wanted.value}`}`,
      };
    },
  };
}

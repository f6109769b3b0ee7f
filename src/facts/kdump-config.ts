import { defined } from '../language/defined.js';
import { absent, unreadable, type Reading } from '../model/reading.js';
import { malformed, MAX_TEXT } from './parse.js';

/** What the probe's section `dumps` says, one word or list of words a line: read here once for all facts of it. */

export const KDUMP_CONF = '/etc/kdump.conf';
export const KDUMP_TOOLS = '/etc/default/kdump-tools';
const FILES = [KDUMP_CONF, KDUMP_TOOLS] as const;

/**
 * Settings that leave the host with their words, as far as those are among the allowed; of the others only the name
 * does.
 */
export const SHOWN_KEYS = [
  'path',
  'core_collector',
  'final_action',
  'failure_action',
  'default',
  'USE_KDUMP',
  'KDUMP_COREDIR',
  'MAKEDUMP_ARGS',
  'KDUMP_FAIL_CMD',
] as const;
/** They say where the dump goes; what follows them are hosts, users and devices. */
export const TARGET_KEYS = [
  'nfs',
  'nfs4',
  'ssh',
  'net',
  'raw',
  'ext2',
  'ext3',
  'ext4',
  'xfs',
  'btrfs',
  'minix',
  'virtiofs',
  'auto',
  'SSH',
  'NFS',
  'FTP',
] as const;
/** Programs and actions that may be shown; every other word that is no option shows as `?`. */
export const SHOWN_WORDS = [
  'makedumpfile',
  'cp',
  'dd',
  'scp',
  'reboot',
  'halt',
  'poweroff',
  'shell',
  'dump_to_rootfs',
  'mount_root_run_init',
] as const;

export interface Dumps {
  /** Settings of the one configuration file that is there; undefined where there is none. */
  readonly config: ReadonlyMap<string, string> | undefined;
  readonly file: string;
  /** The configuration file that may not be read, if one may not. */
  readonly denied?: string;
  /** Every other line: `enabled`, `crash readable`, … */
  readonly said: readonly string[];
}

function isFile(path: string): path is (typeof FILES)[number] {
  return (FILES as readonly string[]).includes(path);
}

/** @returns a reading where the text cannot be used at all */
function readDumps(text: string): Dumps | Reading<never> {
  if (text.length > MAX_TEXT) return malformed('what is set up for dumps', text);
  const config = new Map<string, string>();
  const there: string[] = [];
  const said: string[] = [];
  let denied: string | undefined;
  for (const line of text.split('\n')) {
    const [, path = '', name = '', value = ''] =
      /^(\/[\w./-]+):([A-Za-z0-9_]{1,32})(?: ([\x20-\x7e]{0,512}))?$/.exec(line) ?? [];
    const [, state = '', file = ''] = /^config (there|none|denied) (\/[\w./-]+)$/.exec(line) ?? [];
    if (isFile(path)) config.set(name, value);
    else if (isFile(file)) {
      if (state === 'denied') denied = file;
      if (state === 'there') there.push(file);
    } else if (/^[a-z]+(?: [a-z0-9-]+)*$/.test(line)) said.push(line);
    else if (line !== '') return malformed('what is set up for dumps', line);
  }
  return {
    config: there.length === 0 ? undefined : config,
    file: there.join(', '),
    said,
    ...defined({ denied }),
  };
}

/** What the configuration says; absent where neither file is there. */
export function fromConfig(decide: (config: ReadonlyMap<string, string>, file: string) => Reading) {
  return (text: string): Reading => {
    const dumps = readDumps(text);
    if ('state' in dumps) return dumps;
    if (dumps.denied !== undefined) return unreadable('denied', `${dumps.denied} may not be read`);
    if (dumps.config === undefined)
      return dumps.said.includes('etc searchable')
        ? absent(`/etc can be searched and has neither ${FILES.map((file) => file.slice(5)).join(' nor ')}`)
        : unreadable('denied', '/etc cannot be searched');
    return dumps.file === FILES.join(', ')
      ? unreadable(
          'undetermined',
          `${KDUMP_CONF} and ${KDUMP_TOOLS} are both there, and it is not known which of them counts`,
        )
      : decide(dumps.config, dumps.file);
  };
}

/** What the other lines say. */
export function fromSaid(decide: (said: readonly string[], dumps: Dumps) => Reading) {
  return (text: string): Reading => {
    const dumps = readDumps(text);
    return 'state' in dumps ? dumps : decide(dumps.said, dumps);
  };
}

export function quoted(config: ReadonlyMap<string, string>, keys: readonly string[], file: string): string {
  const found = keys.flatMap((key) => (config.has(key) ? [`${key} ${config.get(key) ?? ''}`.trim()] : []));
  return found.length === 0 ? `default, since ${file} does not say` : `${file}: ${found.join('; ')}`;
}

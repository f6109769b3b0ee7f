import type { RemediationSetting } from '../model/report.js';

/** Where a setting is written: a sysctl by sysctl.d, a file under /sys by tmpfiles.d. */
export type SettingKind = 'sysctl' | 'sysfs';

const MAX_LENGTH = 500;

const NAME = {
  sysctl: /^[a-z][a-z0-9_]*(?:\.[A-Za-z0-9_-]+)+$/,
  sysfs: /^\/sys(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9_.:+-]+)+$/,
} as const satisfies Record<SettingKind, RegExp>;

/**
 * Nothing that sysctl.d, tmpfiles.d, tuned or a shell gives a meaning of its own: no quotes, `$`, `%`, `\`, `#`, `;`.
 */
const VALUE = /^[A-Za-z0-9_.,:+/-]+(?: [A-Za-z0-9_.,:+/-]+)*$/;

/** May a value that a host sent stand in a command that somebody copies? */
export function isExplainable(value: string): boolean {
  return value.length <= MAX_LENGTH && VALUE.test(value);
}

const HOST = /^[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?$/;
const IPV6 = /^[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}$/;
/** What Ansible takes for something else than one host. */
const TAKEN = new Set(['all', 'ungrouped', 'localhost']);

/**
 * Can it stand in a file as it is? A report comes from anywhere, and its policies may be anybody's: what cannot is for
 * a person to read, never for a file that root runs.
 */
export function isPlain(kind: SettingKind, { name, value }: Pick<RemediationSetting, 'name' | 'value'>): boolean {
  return name.length <= MAX_LENGTH && value.length <= MAX_LENGTH && NAME[kind].test(name) && VALUE.test(value);
}

/** A name that Ansible reads as this one host, whatever else is in its inventory. */
export function isPlainHost(name: string): boolean {
  return name.length <= 253 && !TAKEN.has(name) && (HOST.test(name) || IPV6.test(name));
}

/** A boot parameter that can stand in a boot loader's configuration as it is. */
export function isPlainParameter(text: string): boolean {
  return text.length <= MAX_LENGTH && /^[A-Za-z0-9_.-]+(?:=[A-Za-z0-9_.,:+/@-]*)?$/.test(text);
}

/** The file that a setting is written to. */
export function toFileName(kind: SettingKind, name: string): string {
  return kind === 'sysfs' ? name : `/proc/sys/${name.replaceAll('.', '/')}`;
}

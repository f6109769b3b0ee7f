import { isMapping, type Mapping } from '../language/is-mapping.js';
import type { Path, YamlSource } from '../text/yaml/load.js';

/** Where something stands; places are worked out only for what is reported. */
export interface Where {
  readonly source: YamlSource;
  readonly path: Path;
}

export type SettingValue = string | number | readonly string[];

export interface Setting {
  readonly value: SettingValue;
  readonly where: Where;
}

/** By name; a label is the setting `labels.<label>`, so that labels are inherited one by one. */
export type Settings = ReadonlyMap<string, Setting>;

export const LABEL = 'labels.';

function text(value: unknown): SettingValue | undefined {
  return typeof value === 'string' ? value : undefined;
}
function isText(value: unknown): value is string {
  return typeof value === 'string';
}
function texts(value: unknown): SettingValue | undefined {
  return isText(value) ? [value] : Array.isArray(value) && value.every(isText) ? value : undefined;
}

/** How each setting is read. What has another type gives nothing: the schema has already said so. */
const READ: Readonly<Record<string, (value: unknown) => SettingValue | undefined>> = {
  port: (value) => (typeof value === 'number' ? value : undefined),
  user: text,
  identityFile: texts,
  profile: text,
  transport: text,
  recording: text,
  proxyJump: text,
  proxyCommand: text,
  sshOptions: texts,
  become: text,
};

const READ_ALL = Object.entries(READ);

/** The settings of one host, group or defaults. */
export function readSettings(fields: Mapping, where: Where): Settings {
  const settings = new Map<string, Setting>();
  for (const [name, read] of READ_ALL) {
    const value = read(fields[name]);
    if (value !== undefined)
      settings.set(name, { value, where: { source: where.source, path: [...where.path, name] } });
  }
  const labels = fields['labels'];
  if (isMapping(labels)) {
    for (const [label, value] of Object.entries(labels)) {
      if (isText(value))
        settings.set(LABEL + label, { value, where: { source: where.source, path: [...where.path, 'labels', label] } });
    }
  }
  return settings;
}

export function isSameValue(a: SettingValue, b: SettingValue): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** `the label owner`, `the port`. */
export function settingWords(name: string): string {
  return name.startsWith(LABEL) ? `the label ${name.slice(LABEL.length)}` : `the ${name}`;
}

/** `hosts.yaml:12:5`, to name a second place. */
export function placeWords({ source, path }: Where, part: 'key' | 'value' = 'value'): string {
  const { file, line, column } = source.positionOf(path, part);
  return `${file}:${line}:${column}`;
}

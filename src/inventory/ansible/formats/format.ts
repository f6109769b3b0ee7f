import { linesOf } from '../../../text/lines.js';
import { isMapping } from '../../../language/is-mapping.js';

export type InventoryFormat = 'native' | 'ansible-yaml' | 'ansible-list' | 'ansible-plugin';

const NATIVE = new Set(['defaults', 'groups', 'hosts']);
const SECTIONS = new Set(['hosts', 'vars', 'children']);

/**
 * A line that only INI or a list of hosts can start with: a section, a name with no `: ` behind it, or an IPv6 address.
 */
const INI_LINE =
  /^(?:\[[^:\]\s,]+(?::\w+)?\]\s*(?:#.*)?$|(?:[A-Za-z0-9_]|\[[^\]\s]*:[^\]\s]*\])(?:[^\s:{}"'[\]]|\[[^\]\s]*\])*(?::\d+)?(?:\s|$)|(?:[0-9A-Fa-f]{0,4}:){2}[0-9A-Fa-f:.[\]]*(?:%[^\s:]+)?(?:\s|$))/;

/**
 * INI, or a list of host names; judged by the first line that says something. Everything else is YAML, or meant to be.
 */
export function isIni(text: string): boolean {
  for (const line of linesOf(text)) {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#') || trimmed.startsWith(';')) continue;
    return INI_LINE.test(trimmed);
  }
  return false;
}

function hasList(group: unknown): boolean {
  return (
    Array.isArray(group) || (isMapping(group) && (Array.isArray(group['hosts']) || Array.isArray(group['children'])))
  );
}

function isAnsibleGroup(group: unknown): boolean {
  return group === null || (isMapping(group) && Object.keys(group).every((key) => SECTIONS.has(key)));
}

/**
 * A file of kernward with a misspelt field stays one of kernward, and is reported as such.
 *
 * @param isJson the text is JSON: only then may groups hold lists
 */
export function toFormat(value: unknown, isJson: boolean): InventoryFormat {
  if (!isMapping(value)) return 'native';
  const keys = Object.keys(value);
  if (typeof value['plugin'] === 'string') return 'ansible-plugin';
  if ('_meta' in value) return 'ansible-list';
  if (keys.length === 0 || keys.some((key) => NATIVE.has(key))) return 'native';
  const groups = Object.values(value);
  if (
    isJson &&
    groups.some(hasList) &&
    ('all' in value || groups.every((group) => Array.isArray(group) || isAnsibleGroup(group)))
  )
    return 'ansible-list';
  return 'all' in value || groups.every(isAnsibleGroup) ? 'ansible-yaml' : 'native';
}

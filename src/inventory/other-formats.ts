import { isMapping } from '../language/is-mapping.js';

/** A list of hosts in a format that kernward does not read: what it is, and the way out. */
export interface OtherFormat {
  readonly what: string;
  readonly help: string;
  /** Where it shows, in UTF-16 units from the start of the text. */
  readonly offset: number;
}

/** A line that says something, without the blanks around it. */
interface Line {
  readonly text: string;
  readonly offset: number;
}

/** A format shows in its first lines. */
const MOST_LINES = 40;

function firstLines(text: string): readonly Line[] {
  const lines: Line[] = [];
  for (let start = 0; start < text.length && lines.length < MOST_LINES;) {
    const newline = text.indexOf('\n', start);
    const end = newline === -1 ? text.length : newline;
    const line = text.slice(start, Math.min(end, start + 4096));
    const trimmed = line.trim();
    if (trimmed !== '' && !trimmed.startsWith('#') && !trimmed.startsWith(';'))
      lines.push({ text: trimmed, offset: start + line.indexOf(trimmed) });
    start = end + 1;
  }
  return lines;
}

/** What no INI begins a section with: `[[servers]]`, `["web"]`. */
const TOML_ALONE = /^\[(?:\[.+\]|"[^"]*"(?:\..+)?)\]\s*(?:#.*)?$/;
/** `[web.hosts]`, `[web.hosts.web1]`: in INI it may be the name of a group. */
const TOML_TABLE = /^\[[\w-]+\.(?:hosts|vars|children)(?:\..+)?\]\s*(?:#.*)?$/;
/** `hosts = ["web1"]`, `web1 = { ansible_port = 22 }`. */
const TOML_VALUE = /^(?:[\w-]+|"[^"]*")(?:\.[\w-]+)*\s*=\s*[[{]/;
const ASSIGNMENT = /^(?:[\w-]+|"[^"]*")\s*=\s*\S/;

const TOML: Omit<OtherFormat, 'offset'> = {
  what: 'this is TOML, which kernward does not read',
  help: 'let Ansible read it, where it is an inventory of Ansible: ansible-inventory -i FILE --list | kernward scan -i -',
};

function toml(lines: readonly Line[]): OtherFormat | undefined {
  let isVars = false;
  let table: Line | undefined;
  let isProved = lines.length > 0 && lines.every(({ text }) => text.startsWith('['));
  for (const line of lines) {
    const { text } = line;
    if (text.startsWith('[')) isVars = text.includes(':vars]');
    if (TOML_TABLE.test(text)) table ??= line;
    if (!isVars && ASSIGNMENT.test(text)) isProved = true;
    const isSure = TOML_ALONE.test(text) || (!isVars && TOML_VALUE.test(text));
    const found = isSure ? line : isProved ? table : undefined;
    if (found !== undefined) return { ...TOML, offset: found.offset };
  }
  return undefined;
}

const HOST_COLUMN = /^"?(?:host ?_?names?|hosts?|names?|fqdn|servers?|nodes?|machines?|systems?|assets?)"?$/i;
const OTHER_COLUMN = /^"?(?:ip(?:[ _-]?addr(?:ess)?)?|addr(?:ess)?)"?$/i;

function columnsHelp(first: string, separator: string): string {
  const cells = first.split(separator).map((cell) => cell.trim());
  const named = cells.findIndex((cell) => HOST_COLUMN.test(cell));
  const column = named === -1 ? cells.findIndex((cell) => OTHER_COLUMN.test(cell)) : named;
  const cut = `cut ${separator === '\t' ? '' : `-d'${separator}' `}-f${Math.max(column, 0) + 1}`;
  const taken = column === -1 ? `${cut} FILE` : `tail -n +2 FILE | ${cut}`;
  return `take the column that names the hosts, one on each line: ${taken} | tr -d '"' > hosts`;
}

/** A cell has no `=` and no bracket, which variables and ranges of a list of hosts have. */
const CELLS = /^[^=[\]{}]+$/;

function table(lines: readonly Line[]): OtherFormat | undefined {
  const [first] = lines;
  if (first === undefined || !CELLS.test(first.text) || /:(?:\s|$)/.test(first.text)) return undefined;
  const separator = [',', ';', '\t'].find((each) => first.text.includes(each));
  if (separator === undefined) return undefined;
  const width = first.text.split(separator).length;
  // A tab alone may stand between anything: there each line has to have as many.
  if (separator === '\t' && (lines.length < 2 || lines.some(({ text }) => text.split('\t').length !== width)))
    return undefined;
  return {
    what: 'this is a table (CSV), which kernward does not read',
    help: columnsHelp(first.text, separator),
    offset: first.offset,
  };
}

const ADDRESS_AND_NAMES =
  /^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]*:[0-9a-f:]*:[0-9a-f.%a-z]*)\s+[\w.-]+(?:\s+[\w.-]+)*\s*(?:#.*)?$/i;

function hostsFile(lines: readonly Line[]): OtherFormat | undefined {
  if (lines.length === 0 || !lines.every(({ text }) => ADDRESS_AND_NAMES.test(text))) return undefined;
  return {
    what: 'this is a file of addresses and names, as /etc/hosts is, which kernward does not read',
    help: `put the name first: awk '!/^[ \\t]*(#|$)/ {print $2 " ansible_host=" $1}' FILE > hosts`,
    offset: lines[0]?.offset ?? 0,
  };
}

const SSH_BLOCK = /^(?:Host|Match)\s+[^\s:=]/i;
const SSH_OPTION =
  /^(?:HostName|User|Port|IdentityFile|ProxyJump|ProxyCommand|IdentitiesOnly|StrictHostKeyChecking)[\s=]/i;

function sshConfig(lines: readonly Line[]): OtherFormat | undefined {
  const block = lines.find(({ text }) => SSH_BLOCK.test(text));
  if (block === undefined || !lines.some(({ text }) => SSH_OPTION.test(text))) return undefined;
  return {
    what: 'this is an ssh_config: it says how hosts are reached, and not which are asked',
    help: 'name the hosts with -w web1,web2 or in an inventory of one name on each line, and this file with -F FILE',
    offset: block.offset,
  };
}

const HOST_KEY = /^(?:@\S+\s+)?\S+\s+(?:ssh-(?:rsa|dss|ed25519)|ecdsa-sha2-\S+|sk-\S+|rsa-sha2-\d+)\s+AAAA/;

function knownHosts(lines: readonly Line[]): OtherFormat | undefined {
  const [first] = lines;
  if (first === undefined || !HOST_KEY.test(first.text)) return undefined;
  return {
    what: 'this is a known_hosts file: it has the keys of hosts',
    help: 'name it with --host-keys file:FILE, and the hosts with -w web1,web2 or in an inventory of one name on each line',
    offset: first.offset,
  };
}

/** What a text is by its first lines, or by the name of its file, where that is a format of others. */
export function otherTextFormat(text: string, file: string): OtherFormat | undefined {
  if (/\.toml$/i.test(file)) return { ...TOML, offset: 0 };
  const lines = firstLines(text);
  for (const recognise of [toml, hostsFile, sshConfig, knownHosts, table]) {
    const found = recognise(lines);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isOfBolt(group: unknown): boolean {
  return isMapping(group) && Array.isArray(group['targets']);
}

/** What a document is, where it is the inventory of another tool; its format is YAML or JSON. */
export function otherDocument(value: unknown): Omit<OtherFormat, 'offset'> | undefined {
  if (!isMapping(value)) return undefined;
  const { groups, targets } = value;
  if (Array.isArray(targets) || (Array.isArray(groups) && groups.some(isOfBolt)))
    return {
      what: 'this is an inventory of Puppet Bolt, which kernward does not read',
      help: 'let Bolt name the hosts: bolt inventory show -t all -i FILE --format json, and write their names one on each line',
    };
  if ('terraform_version' in value)
    return {
      what: 'this is a state of Terraform, and no inventory',
      help: 'print the addresses, one on each line, from an output: terraform output -json NAME | jq -r ".[]" | kernward scan -i -',
    };
  if (typeof value['apiVersion'] === 'string' && typeof value['kind'] === 'string')
    return {
      what: 'this is an object of Kubernetes, and no inventory',
      help: 'name the nodes, one on each line: kubectl get nodes -o name | cut -d/ -f2 | kernward scan -i -',
    };
  const hosts = Object.values(value);
  if (hosts.length > 0 && hosts.every((host) => isMapping(host) && typeof host['hostname'] === 'string'))
    return {
      what: 'these are the hosts of Nornir, which kernward does not read',
      help: 'write the names and addresses as name ansible_host=ADDRESS, one host on each line: yq -r \'to_entries[] | .key + " ansible_host=" + .value.hostname\' FILE > hosts',
    };
  return undefined;
}

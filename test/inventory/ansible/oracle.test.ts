import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, suite, test } from 'node:test';
import { promisify } from 'node:util';
import { loadInventory } from '../../../src/inventory/load-inventory.js';
import type { Host } from '../../../src/model/host.js';
import { variableFilesBeside } from '../../../src/cli/input/variable-files.js';
import { createDiagnosticSink } from '../../../src/model/diagnostic.js';
import { haveTool } from '../../support/debian-tool.js';

const corpus = join('test', 'inventory', 'ansible', 'corpus');
const files = readdirSync(corpus, { withFileTypes: true }).flatMap((entry) => (entry.isFile() ? [entry.name] : []));
const scratch = mkdtempSync(join(tmpdir(), 'kernward-ansible-'));
after(() => rmSync(scratch, { recursive: true }));

type Mapping = Readonly<Record<string, unknown>>;
interface Group {
  readonly hosts?: readonly string[];
  readonly children?: readonly string[];
}
interface Listed {
  readonly groups: ReadonlyMap<string, Group>;
  readonly hostvars: Readonly<Record<string, Mapping>>;
}

/** What is JSON here is the output of a script, so Ansible gets a script that prints it. */
function sourceOf(name: string): string {
  const path = resolve(corpus, name);
  if (!name.endsWith('.json')) return path;
  const script = join(scratch, name);
  writeFileSync(script, `#!/bin/sh\nif [ "$1" = --list ]; then cat '${path}'; else echo '{}'; fi\n`);
  chmodSync(script, 0o755);
  return script;
}

const SEVERAL = ['groups.ini', 'top-level.yaml', 'script-compact.json'];
const OTHER_ORDER = ['top-level.yaml', 'groups.ini'];
const WITH_FOLDERS = [join('with-folders', 'hosts')];
const ASKED: readonly (readonly string[])[] = [...files.map((name) => [name]), WITH_FOLDERS, SEVERAL, OTHER_ORDER];

/**
 * What /usr/bin/ansible-inventory does, in a process each, which are forks of one that has loaded Ansible's modules. Writes what
 * the one with number n prints to the file n.
 */
const LISTS = `import json, os, sys
from ansible.cli.inventory import main
for number, sources in enumerate(json.loads(sys.argv[1])):
    child = os.fork()
    if child == 0:
        os.dup2(os.open(str(number), os.O_WRONLY | os.O_CREAT, 0o600), 1)
        sys.argv = ['ansible-inventory', *(word for source in sources for word in ('-i', source)), '--list']
        sys.exit(main())
    if os.waitpid(child, 0)[1] != 0:
        sys.exit(f'{sources}: ansible-inventory failed')
`;

let asking: Promise<unknown> | undefined;

function askAll(): Promise<unknown> {
  const env = {
    PATH: process.env['PATH'],
    HOME: scratch,
    ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED: '1',
    LC_ALL: 'C.UTF-8',
  };
  const sources = JSON.stringify(ASKED.map((names) => names.map(sourceOf)));
  return promisify(execFile)('/usr/bin/python3', ['-c', LISTS, sources], { env, cwd: scratch });
}

async function ask(names: readonly string[]): Promise<Listed> {
  await (asking ??= askAll());
  const number = ASKED.findIndex((each) => each.join() === names.join());
  const stdout = readFileSync(join(scratch, String(number)), 'utf8');
  const { _meta, ...groups }: { readonly _meta: { readonly hostvars: Readonly<Record<string, Mapping>> } } =
    JSON.parse(stdout);
  return { groups: new Map(Object.entries<Group>(groups)), hostvars: _meta.hostvars };
}

/** Groups with the hosts of the groups within them; Ansible's list leaves empty groups out. */
function groupsOf(listed: Listed): Readonly<Record<string, readonly string[]>> {
  const membersOf = (name: string): readonly string[] => {
    const { hosts = [], children = [] } = listed.groups.get(name) ?? {};
    return [...new Set([...hosts, ...children.flatMap(membersOf)])].sort();
  };
  const names = [...listed.groups.keys()].filter((name) => name !== 'all' && name !== 'ungrouped');
  return Object.fromEntries(
    names.map((name) => [name, membersOf(name)] as const).filter(([, members]) => members.length > 0),
  );
}

/** How the list has a text that is tagged `!unsafe`. */
function plain(value: unknown): unknown {
  return typeof value === 'object' && value !== null && '__ansible_unsafe' in value ? value.__ansible_unsafe : value;
}

function lastOf(variables: Mapping, ...names: readonly string[]): unknown {
  return names.map((name) => plain(variables[name]) ?? undefined).findLast((value) => value !== undefined);
}

function numberOrNothing(value: unknown): number | undefined {
  return value === undefined ? undefined : Number(value);
}

function expectedHost(name: string, variables: Mapping): Mapping {
  return {
    name,
    address: lastOf(variables, 'ansible_host', 'ansible_ssh_host') ?? name,
    port: numberOrNothing(lastOf(variables, 'ansible_port', 'ansible_ssh_port')),
    user: lastOf(variables, 'ansible_user', 'ansible_ssh_user'),
    identityFiles: [lastOf(variables, 'ansible_private_key_file', 'ansible_ssh_private_key_file') ?? []].flat(),
    transport: variables['ansible_connection'] === 'local' ? 'local' : 'auto',
    profile: variables['kernward_profile'],
    labels: Object.fromEntries(
      Object.entries(variables['kernward_labels'] ?? {}).map(([label, value]) => [label, String(value)]),
    ),
  };
}

function foundHost({ name, address, port, user, identityFiles, transport, profile, labels }: Host): Mapping {
  return {
    name,
    address,
    port,
    user,
    identityFiles,
    transport,
    profile,
    labels: { ...labels },
  };
}

async function agree(names: readonly string[]): Promise<void> {
  const unreadable = createDiagnosticSink();
  const { value, diagnostics } = loadInventory(
    names.map((name) => ({ file: name, text: readFileSync(join(corpus, name), 'utf8') })),
    {
      profiles: ['stay-up', 'fail-fast'],
      variableFiles: variableFilesBeside(
        names.map((name) => join(corpus, name)),
        unreadable,
      ),
    },
  );
  assert.deepEqual([...unreadable.all(), ...diagnostics], []);
  assert.ok(value);
  const listed = await ask(names);
  const hosts = [
    ...new Set([...Object.values(groupsOf(listed)).flat(), ...(listed.groups.get('ungrouped')?.hosts ?? [])]),
  ].sort();
  assert.ok(hosts.length > 0);
  const expected = hosts.map((name) => expectedHost(name, listed.hostvars[name] ?? {}));
  const byName = value.hosts.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  assert.deepEqual(byName.map(foundHost), expected);
  const groups = [...value.groups].filter(([, members]) => members.length > 0);
  assert.deepEqual(Object.fromEntries(groups.map(([name, members]) => [name, members.toSorted()])), groupsOf(listed));
}

void suite(
  'the same hosts, groups and variables as ansible-inventory finds',
  { skip: !haveTool(['ansible-inventory', '--version'], 'ansible-core') },
  () => {
    for (const name of files) void test(name, () => agree([name]));
    void test('with group_vars and host_vars beside it', () => agree(WITH_FOLDERS));
    void test('several files, the later over the earlier', () => agree(SEVERAL));
    void test('several files in another order', () => agree(OTHER_ORDER));
  },
);

void test('the corpus is as large as it should be', () => assert.ok(files.length >= 15));

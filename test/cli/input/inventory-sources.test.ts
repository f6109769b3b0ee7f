import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { readInventories } from '../../../src/cli/input/inventory-sources.js';
import { loadInventory } from '../../../src/inventory/load-inventory.js';
import type { Inventory } from '../../../src/inventory/inventory.js';
import { createDiagnosticSink, type Diagnostic } from '../../../src/model/diagnostic.js';
import { secondsWithin, within } from '../../support/within.js';
import { hasEnded } from '../../support/processes.js';

const folder = mkdtempSync(join(tmpdir(), 'kernward-sources-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function at(name: string): string {
  return join(folder, name);
}
function put(name: string, text: string, mode = 0o644): string {
  mkdirSync(dirname(at(name)), { recursive: true });
  writeFileSync(at(name), text);
  chmodSync(at(name), mode);
  return at(name);
}
function script(name: string, body: string): string {
  return put(name, `#!/bin/sh\n${body}\n`, 0o755);
}
const CALLS = at('calls');
function calls(): readonly string[] {
  return existsSync(CALLS) ? readFileSync(CALLS, 'utf8').trimEnd().split('\n').toSorted() : [];
}

interface Loaded {
  readonly inventory: Inventory | undefined;
  readonly diagnostics: readonly Diagnostic[];
  /** `severity code message`, without the folder. */
  readonly told: readonly string[];
}

async function load(
  paths: readonly string[],
  timeoutMs = within(30_000),
  signal = new AbortController().signal,
): Promise<Loaded> {
  rmSync(CALLS, { force: true });
  const sink = createDiagnosticSink();
  const files = await readInventories(paths, { timeoutMs, signal }, sink);
  const inventory = sink.take(loadInventory(files, { profiles: [] }));
  const diagnostics = sink.all();
  return {
    inventory,
    diagnostics,
    told: diagnostics.map(
      ({ severity, code, message }) => `${severity} ${code} ${message.replaceAll(`${folder}/`, '')}`,
    ),
  };
}
function hostsOf({ inventory }: Loaded): readonly string[] {
  return (inventory?.hosts ?? []).map(({ name, user = '', address, port = 22, groups }) =>
    [name, address, port, user, groups.join('+')].join(' '),
  );
}

const LIST = '{"web": {"hosts": ["a", "b"], "vars": {"ansible_user": "ops"}}, "solo": {"ansible_port": 24}';

void test('with _meta a script is asked once', async () => {
  const loaded = await load([
    script(
      'meta',
      `echo "$@" >> ${CALLS}; echo '${LIST}, "_meta": {"hostvars": {"a": {"ansible_host": "10.0.0.1"}}}}'`,
    ),
  ]);
  assert.deepEqual(loaded.told, []);
  assert.deepEqual(hostsOf(loaded), ['a 10.0.0.1 22 ops web', 'b b 22 ops web', 'solo solo 24  solo']);
  assert.deepEqual(calls(), ['--list']);
});

void test('without _meta it is asked about every host, and may print nothing about one', async () => {
  const body = `echo "$@" >> ${CALLS}; case "$*" in --list) echo '{"web": ["a", "b", "c"]}';; '--host a') echo '{"ansible_port": 23}';; '--host b') ;; *) echo '{}';; esac`;
  const loaded = await load([script('no-meta', body)]);
  assert.deepEqual(loaded.told, []);
  assert.deepEqual(hostsOf(loaded), ['a a 23  web', 'b b 22  web', 'c c 22  web']);
  assert.deepEqual(calls(), ['--host a', '--host b', '--host c', '--list']);
});

const SECRET = 'hunter2-s3cret';
/** What a script does wrong, and what is said of it. */
const BROKEN: Readonly<Record<string, readonly [string, string | RegExp]>> = {
  'it fails': [
    'echo "no credentials: \\033[31mred" >&2; exit 3',
    'error inventory/script it fails --list ended with exit status 3: no credentials: \\x1b[31mred',
  ],
  'it is killed': [
    'kill -TERM $$',
    'error inventory/script it is killed --list was ended by SIGTERM, and said nothing on standard error',
  ],
  'it prints nothing': ['exit 0', 'error inventory/script it prints nothing --list printed nothing'],
  'it prints YAML': [
    'echo "all: {hosts: {a: }}"',
    'error inventory/script what it prints YAML --list printed is no JSON',
  ],
  'it prints more than JSON': [
    `echo '{"g": ["a"]}'; echo done`,
    'error inventory/script what it prints more than JSON --list printed is no JSON',
  ],
  'it prints a list': [
    `echo '["a"]'`,
    'error inventory/script what it prints a list --list printed is JSON, and no object',
  ],
  'it prints Latin-1': [
    `printf '{"g": ["a\\344"]}'`,
    'error inventory/script it prints Latin-1 --list printed what is no UTF-8',
  ],
  'a host fails': [
    `[ "$1" = --list ] && echo '{"g": ["a"]}' || exit 7`,
    'error inventory/script a host fails --host a ended with exit status 7, and said nothing on standard error',
  ],
  'a host is no JSON': [
    `[ "$1" = --list ] && echo '{"g": ["a"]}' || echo ansible_port=22`,
    'error inventory/script what a host is no JSON --host a printed is no JSON',
  ],
  'a host has a secret': [
    `[ "$1" = --list ] && echo '{"g": ["a"]}' || echo '{"ansible_ssh_pass": "${SECRET}"}'`,
    /^error inventory\/secret ansible_ssh_pass is a secret/,
  ],
  'broken JSON with a secret': [`echo '{"g": {"vars": {"ansible_password": "${SECRET}"'`, /is no JSON$/],
};
for (const [name, [body, expected]] of Object.entries(BROKEN)) {
  void test(`a script is refused: ${name}`, async () => {
    const { inventory, told, diagnostics } = await load([script(name, body)]);
    if (typeof expected === 'string') assert.deepEqual(told, [expected]);
    else assert.match(told.join('\n'), expected);
    assert.ok(inventory === undefined || told[0]?.startsWith('error'));
    assert.ok(!JSON.stringify(diagnostics).includes(SECRET));
  });
}

void test('what it says on standard error is told once', async () => {
  const loaded = await load([
    script('talks', `echo "from cache" >&2; [ "$1" = --list ] && echo '{"g": ["a", "b"]}' || echo '{}'`),
  ]);
  assert.deepEqual(loaded.told, ['warning inventory/script talks --list said: from cache']);
  assert.equal(loaded.inventory?.hosts.length, 2);
});

void test('when its time is over, it and what it started are gone', async () => {
  const pids = at('pids');
  // Neither would end by itself while the tests run.
  const body = `sleep 86400 & echo "$! $$" >${pids}; echo started >&2; sleep 86400`;
  const seconds = Number(secondsWithin(1));
  const loaded = await load([script('slow', body)], seconds * 1000);
  assert.deepEqual(loaded.told, [`error inventory/script slow --list did not end within ${seconds} s: started`]);
  for (const pid of readFileSync(pids, 'utf8').trim().split(' ')) await hasEnded(Number(pid));
});

void test('the time is that of all calls together', async () => {
  const body = `[ "$1" = --list ] && echo '{"g": [${Array.from({ length: 100 }, (_, index) => `"h${index}"`).join()}]}' || { sleep ${secondsWithin(1)}; echo '{}'; }`;
  const seconds = Number(secondsWithin(3));
  const loaded = await load([script('hundred', body)], seconds * 1000);
  assert.equal(loaded.told.length, 1);
  assert.match(loaded.told[0] ?? '', new RegExp(`did not end within ${seconds} s`));
});

void test('more output than 64 MiB is cut off', async () => {
  const { told } = await load([script('flood', 'yes')]);
  assert.deepEqual(told, [
    'error inventory/script flood --list printed more than 64 MiB, and said nothing on standard error',
  ]);
});

void test('a run that is stopped stops the script', async () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 300);
  const { told } = await load([script('stopped', 'sleep 86400')], within(60_000), controller.signal);
  assert.deepEqual(told, ['error inventory/script stopped --list was stopped']);
});

void test('a name is one argument, and nothing of it is run', async () => {
  const loaded = await load([
    script(
      '$(touch pwned); x',
      `echo "$#" >> ${CALLS}; [ "$1" = --list ] && echo '{"g": ["a", "-x", "$(y)"]}' || echo '{}'`,
    ),
  ]);
  assert.deepEqual(
    loaded.told.map((line) => line.split(' ')[1]),
    ['inventory/host-name', 'inventory/host-name'],
  );
  assert.deepEqual(calls(), ['1', '2']);
  assert.ok(!existsSync('pwned'));
});

void test('many hosts without _meta are worth a word', async () => {
  const names = Array.from({ length: 501 }, (_, index) => `"h${index}"`).join();
  const { told } = await load([script('many', `[ "$1" = --list ] && echo '{"g": [${names}]}' || exit 9`)]);
  assert.match(told[0] ?? '', /^warning inventory\/script many is run once for each of 501 hosts/);
});

void test('a text that is executable is read, as Ansible does, and that is said', async () => {
  const loaded = await load([put('text', '[g]\na\n', 0o755)]);
  assert.deepEqual(loaded.told, [
    'warning inventory/executable text is executable and no program: it is read as a text',
  ]);
  assert.deepEqual(hostsOf(loaded), ['a a 22  g']);
});
void test('a script that cannot be run is not read as a text', async () => {
  assert.deepEqual((await load([put('unmarked', '#!/bin/sh\necho {}\n')])).told, [
    'error inventory/executable unmarked starts with #! and is not executable',
  ]);
});
void test('a script without its interpreter', async () => {
  assert.match(
    (await load([put('lost', '#!/no/such/program\n', 0o755)])).told.join(),
    /^error inventory\/script lost --list cannot be run: /,
  );
});

void test('a folder is read as Ansible reads one', async () => {
  put('inv/10-web', '[web]\na\n[all:vars]\nansible_user=first\n');
  put('inv/20-more.ini', '[web]\nb\n[all:vars]\nansible_user=second\n');
  put('inv/30.yaml', 'all: {children: {db: {hosts: {c: }}}}\n');
  put('inv/sub/deep', 'd\n');
  script('inv/script', `echo '{"web": {"hosts": ["e"]}, "_meta": {"hostvars": {}}}'`);
  for (const name of [
    '.hidden',
    'a.bak',
    'a~',
    'a.orig',
    'a.cfg',
    'a.retry',
    'a.pyc',
    'README.md',
    'group_vars/all',
    'host_vars/a',
  ])
    put(`inv/${name}`, 'ghost: [\n');
  put('inv/names.txt', 'ghost\n');
  const loaded = await load([at('inv')]);
  assert.deepEqual(loaded.told, [
    'warning inventory/passed-over inv/names.txt is passed over: in a folder Ansible reads no file that ends in .txt',
  ]);
  assert.deepEqual(hostsOf(loaded).toSorted(), [
    'a a 22 second web',
    'b b 22 second web',
    'c c 22 second db',
    'd d 22 second ',
    'e e 22 second web',
  ]);
});
void test('a folder without an inventory, and a file that is not there', async () => {
  put('none/README.md', 'hello\n');
  assert.deepEqual(
    (await load([at('none'), at('nowhere')])).told.map((line) => line.split(' ').slice(0, 3).join(' ')),
    ['error input/unreadable none', 'error input/unreadable nowhere'],
  );
});

void test('hosts in place of a file', async () => {
  assert.deepEqual(hostsOf(await load(['a,'])), ['a a 22  ']);
  assert.deepEqual(hostsOf(await load(['a, b:23 ,[2001:db8::1]:24,10.0.0.1'])), [
    'a a 22  ',
    'b b 23  ',
    '2001:db8::1 2001:db8::1 24  ',
    '10.0.0.1 10.0.0.1 22  ',
  ]);
});

test('a link that leads nowhere is told as such, and the other files of the folder are read', async () => {
  put('linked/hosts', 'web1\n');
  put('linked/more', '[web\n');
  symlinkSync('/nowhere/at-all', at('linked/gone'));
  symlinkSync('round', at('linked/round'));
  const { told, diagnostics } = await load([at('linked')]);
  assert.deepEqual(
    told.map((text) => text.replace(/:.*/u, '')),
    [
      'error input/unreadable linked/gone is a link to /nowhere/at-all, and nothing is there',
      'error input/unreadable linked/round is a link that leads round in a circle',
      'error yaml/syntax not YAML',
    ],
  );
  assert.match(diagnostics[0]?.help ?? '', /or remove the link/u);
  const alone = await load([at('linked/gone')]);
  assert.match(alone.told.join(), /linked\/gone is a link to \/nowhere\/at-all, and nothing is there/u);
});

test('a text in UTF-16 and a workbook are told for what they are, and not run where they are executable', async () => {
  const text = 'web1\nweb2\n';
  const big = Buffer.from(text, 'utf16le').swap16();
  for (const [name, bytes, what] of [
    ['le', Buffer.from(text, 'utf16le'), /UTF-16/u],
    ['be', big, /UTF-16/u],
    ['le-marked', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]), /UTF-16/u],
    ['be-marked', Buffer.concat([Buffer.from([0xfe, 0xff]), big]), /UTF-16/u],
    ['workbook', Buffer.from('PK\u0003\u0004\u0014\u0000', 'latin1'), /XLSX/u],
    ['old-workbook', Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1]), /Microsoft Office/u],
    ['packed', Buffer.from([0x1f, 0x8b, 8, 0]), /gzip/u],
  ] as const)
    for (const mode of [0o644, 0o755]) {
      writeFileSync(at(name), bytes);
      chmodSync(at(name), mode);
      const { told, diagnostics } = await load([at(name)]);
      assert.equal(told.length, 1, told.join('\n'));
      assert.match(told[0] ?? '', what);
      assert.match(diagnostics[0]?.help ?? '', /UTF-8|YAML|unpack/u);
    }
});

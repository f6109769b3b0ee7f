import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CACHE } from './debian-packages.js';

/** A release of Debian that this machine need not be of. */
export type Suite = 'trixie' | 'trixie-backports';

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
/** The release whose packages a suite's are made for. */
const BASE: Readonly<Record<Suite, string>> = { trixie: 'trixie', 'trixie-backports': 'trixie' };
const updated = new Set<Suite>();

/** Where this machine's own packages come from: Debian's releases, and their security updates. */
function mirrors(): { readonly main?: string; readonly security?: string } {
  const { stdout } = spawnSync(
    'apt-get',
    ['indextargets', '--format', '$(REPO_URI) $(ORIGIN) $(CODENAME)', 'Identifier: Packages'],
    { encoding: 'utf8' },
  );
  const found = (stdout ?? '').split('\n').map((line) => line.split(' '));
  const uriOf = (isSecurity: boolean): string | undefined =>
    found.find(
      ([, origin, codename = '']) => origin === 'Debian' && codename.endsWith('-security') === isSecurity,
    )?.[0];
  const [main, security] = [uriOf(false), uriOf(true)];
  return { ...(main === undefined ? {} : { main }), ...(security === undefined ? {} : { security }) };
}

/**
 * The environment in which apt speaks of another release, with lists of its own: this machine's lists stay as they are, and
 * nothing is installed.
 *
 * @throws where its lists could not be brought
 */
export function aptOf(suite: Suite): Readonly<Record<string, string>> {
  const folder = join(CACHE, `apt-${suite}`);
  const config = join(folder, 'apt.conf');
  const env = { APT_CONFIG: config };
  if (updated.has(suite)) return env;
  const { main, security } = mirrors();
  if (main === undefined || !existsSync(KEYRING)) throw new Error('apt has no source of Debian’s to ask');
  for (const name of ['lists/partial', 'archives/partial']) mkdirSync(join(folder, name), { recursive: true });
  const base = BASE[suite];
  const lines = [
    ...[...new Set([base, `${base}-updates`, suite])].map((name) => `${main} ${name}`),
    ...(security === undefined ? [] : [`${security} ${base}-security`]),
  ];
  writeFileSync(
    join(folder, 'sources.list'),
    lines.map((line) => `deb [signed-by=${KEYRING}] ${line} main\n`).join(''),
  );
  writeFileSync(
    config,
    [
      `Dir::State::lists "${folder}/lists";`,
      `Dir::Cache "${folder}";`,
      `Dir::Etc::sourcelist "${folder}/sources.list";`,
      'Dir::Etc::sourceparts "-";',
      ...(suite === base ? [] : [`APT::Default-Release "${suite}";`]),
      '',
    ].join('\n'),
  );
  const { status, stderr } = spawnSync('apt-get', ['update', '-q'], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    timeout: 300_000,
  });
  if (status !== 0) throw new Error(`apt-get could not update the lists of ${suite}: ${stderr}`);
  updated.add(suite);
  return env;
}

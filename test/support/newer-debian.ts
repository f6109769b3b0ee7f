import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const FIVE_MINUTES_MS = 300_000;
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** Where this machine has Debian's packages from. */
function mirror(): string {
  const { stdout } = spawnSync(
    'apt-get',
    ['indextargets', '--format', '$(REPO_URI)', 'Created-By: Packages', 'Origin: Debian', 'Label: Debian'],
    { encoding: 'utf8' },
  );
  const [found] = (stdout ?? '').split('\n');
  if (found === undefined || found === '') throw new Error('apt names no mirror of Debian');
  return found;
}

/**
 * Unpacks a package of another release of Debian into a folder that is there. apt is given a state of its own, so that the
 * machine is of the release that it was.
 *
 * @throws where it cannot be had
 */
export function extractFromRelease(release: string, name: string, into: string): void {
  const scratch = mkdtempSync(join(tmpdir(), 'kernward-release-'));
  try {
    for (const folder of ['lists/partial', 'cache/archives/partial', 'sources'])
      mkdirSync(join(scratch, folder), { recursive: true });
    writeFileSync(
      join(scratch, 'sources', 'debian.sources'),
      `Types: deb\nURIs: ${mirror()}\nSuites: ${release}\nComponents: main\nSigned-By: ${KEYRING}\n`,
    );
    const own = [
      'Dir::Etc::SourceList=/dev/null',
      `Dir::Etc::SourceParts=${join(scratch, 'sources')}`,
      `Dir::State::Lists=${join(scratch, 'lists')}`,
      `Dir::Cache=${join(scratch, 'cache')}`,
      'APT::Sandbox::User=root',
    ].flatMap((option) => ['-o', option]);
    for (const args of [['update'], ['download', name]]) {
      const { status, stderr } = spawnSync('apt-get', ['-q', ...own, ...args], {
        cwd: scratch,
        encoding: 'utf8',
        timeout: FIVE_MINUTES_MS,
      });
      if (status !== 0) throw new Error(`apt-get ${args.join(' ')} of Debian ${release}: ${stderr}`);
    }
    const file = readdirSync(scratch).find((found) => found.endsWith('.deb'));
    if (file === undefined || spawnSync('dpkg-deb', ['--extract', join(scratch, file), into]).status !== 0)
      throw new Error(`${name} of Debian ${release} could not be unpacked`);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

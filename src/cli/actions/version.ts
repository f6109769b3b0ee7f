import { join } from 'node:path';
import { sqliteName } from '../../history/database/sqlite-binding.js';
import { OWN_FILES } from '../../run/shipped/own-files.js';
import { VERSION } from '../../run/shipped/version.js';
import { policiesDigest } from '../../run/shipped/policies-digest.js';
import { sshVersion } from '../../transports/openssh/ssh-version.js';
import { IS_EXECUTABLE } from '../../transports/programs/own-program.js';
import type { VersionDetails } from '../output/version-schema.js';

function details(): VersionDetails {
  return {
    schema: 1,
    version: VERSION,
    commit: OWN_FILES.read(join('dist', 'commit'))?.toString().trim() ?? null,
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
    form: IS_EXECUTABLE ? 'executable' : 'package',
    ssh: sshVersion() ?? null,
    sqlite: sqliteName() ?? null,
    policies: { sha256: policiesDigest() },
  };
}

export function printVersion(asJson: boolean): void {
  const found = details();
  if (asJson) {
    process.stdout.write(`${JSON.stringify(found, undefined, 2)}\n`);
    return;
  }
  const rows: readonly (readonly [name: string, value: string])[] = [
    ['kernward', found.version],
    ['commit', found.commit ?? 'not known'],
    ['Node.js', `${found.node}, ${found.platform}${IS_EXECUTABLE ? ', in this executable' : ''}`],
    ['ssh', found.ssh ?? 'none: the transport openssh cannot be used'],
    ['SQLite', found.sqlite ?? 'none: no history can be kept'],
    ['policies', `sha256 ${found.policies.sha256}`],
  ];
  process.stdout.write(rows.map(([name, value]) => `${name.padEnd(10)}${value}\n`).join(''));
}

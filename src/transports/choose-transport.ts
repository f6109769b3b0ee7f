import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { ConnectFailure } from '../model/outcome.js';
import { memoize } from '../language/memoize.js';
import { expandHome } from './home.js';
import { DEFAULT_FILES, type Identities } from './keys/identities.js';
import { forOpensshOnly } from './keys/key-file.js';
import { beyondSsh2 } from './ssh2/algorithms.js';
import type { Target } from './targets/target.js';

export interface NeedForOpenssh {
  /**
   * Why a host, or a jump host, needs the system's ssh, as far as it shows before a connection; undefined: ssh2 will
   * do.
   */
  readonly before: (target: Target) => string | undefined;
  /** Why the system's ssh may reach a host that ssh2 did not; undefined: it will not either. */
  readonly after: (target: Target, why: ConnectFailure) => Promise<string | undefined>;
}

const TOKEN_FILES = ['id_ed25519_sk', 'id_ecdsa_sk'];

/** A ticket cache that Kerberos would find. @see https://web.mit.edu/kerberos/krb5-latest/doc/basic/ccache_def.html */
function hasTicket(): boolean {
  return process.env['KRB5CCNAME'] !== undefined || existsSync(`/tmp/krb5cc_${process.getuid?.() ?? 0}`);
}

const WORDS = { certificate: 'a user certificate', 'token key': 'a key on a token' } as const;

function bySettings({ settings }: Target): string | undefined {
  const [certificate] = settings.certificateFiles;
  const algorithms = beyondSsh2(settings.algorithms);
  if (certificate !== undefined) return `a user certificate: ${certificate}`;
  if (settings.pkcs11Provider !== undefined) return `a PKCS#11 token: ${settings.pkcs11Provider}`;
  if (settings.revokedHostKeys.length > 0) return `RevokedHostKeys ${settings.revokedHostKeys[0] ?? ''}`;
  if (settings.bindInterface !== undefined) return `BindInterface ${settings.bindInterface}`;
  if (settings.hostbased) return 'HostbasedAuthentication';
  if (algorithms !== undefined) return `ssh2 has nothing of ${algorithms} ${settings.algorithms[algorithms] ?? ''}`;
  if (settings.gssapi && (!settings.pubkey || settings.preferredAuthentications?.includes('publickey') === false))
    return 'Kerberos (GSSAPIAuthentication)';
  return undefined;
}

function byAuthority({ hostKeys, knownAs }: Target): string | undefined {
  const authority = hostKeys.authorityFor(knownAs);
  return authority && `a certificate authority for its host key: ${authority.file}:${authority.line}`;
}

export function createNeedForOpenssh(identities: Identities, home: string = homedir()): NeedForOpenssh {
  const keyNeed = memoize((file: string): string | undefined => {
    const found = forOpensshOnly(file);
    return found && `${WORDS[found]}: ${file}`;
  });

  const present = (names: readonly string[]): readonly string[] =>
    names.map((name) => join(home, '.ssh', name)).filter((file) => existsSync(file));
  const plain = present(DEFAULT_FILES);
  const defaults = plain.length > 0 ? plain : present(TOKEN_FILES);

  const byKeys = ({ settings: { keys } }: Target): string | undefined => {
    const files = keys.files.length > 0 ? keys.files.map((file) => expandHome(file, home)) : defaults;
    return files.map(keyNeed).find((need) => need !== undefined);
  };

  return {
    before: (target) => bySettings(target) ?? byAuthority(target) ?? byKeys(target),
    after: async (target, { code, detail }) => {
      if (code === 'handshake-failed')
        return /no matching/u.test(detail) ? 'no algorithm in common with ssh2' : undefined;
      if (code !== 'authentication-failed' && code !== 'identity-unusable') return undefined;
      const held = await identities.heldForOpenssh(target.settings.keys);
      return (
        held ??
        (target.settings.gssapi && hasTicket() ? 'Kerberos (GSSAPIAuthentication, and there is a ticket)' : undefined)
      );
    },
  };
}

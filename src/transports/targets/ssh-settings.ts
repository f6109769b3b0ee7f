import type { ResolvedSshConfig } from '../ssh-config/resolved.js';
import { defined } from '../../language/defined.js';
import { memoize } from '../../language/memoize.js';
import { PLAIN_SETTINGS, type AlgorithmOption, type KeyChoice, type SshSettings } from './target.js';

/** Where each list of algorithms stands. */
const ALGORITHMS = {
  Ciphers: 'ciphers',
  MACs: 'macs',
  KexAlgorithms: 'kexAlgorithms',
  HostKeyAlgorithms: 'hostKeyAlgorithms',
  PubkeyAcceptedAlgorithms: 'pubkeyAcceptedAlgorithms',
  CASignatureAlgorithms: 'caSignatureAlgorithms',
} as const satisfies Record<AlgorithmOption, keyof ResolvedSshConfig>;

function algorithmsOf(config: ResolvedSshConfig): SshSettings['algorithms'] {
  const lists: Partial<Record<AlgorithmOption, string>> = {};
  for (const [option, field] of Object.entries(ALGORITHMS)) {
    const spec = config[field];
    if (spec !== undefined && spec !== '') Object.assign(lists, { [option]: spec });
  }
  return lists;
}

/**
 * The settings of a connection out of everything that ssh_config says.
 *
 * @param named the keys that the inventory or the command line name, which stand above it
 */
export function toSettings(config: ResolvedSshConfig, named: readonly string[]): SshSettings {
  const keys: KeyChoice =
    named.length > 0
      ? { files: named, isOnly: true, agent: config.identityAgent }
      : { files: config.identityFiles ?? [], isOnly: config.identitiesOnly, agent: config.identityAgent };
  return {
    ...PLAIN_SETTINGS,
    keys,
    addressFamily: config.addressFamily,
    ...defined({ bindAddress: config.bindAddress, bindInterface: config.bindInterface }),
    certificateFiles: config.certificateFiles,
    ...defined({ pkcs11Provider: config.pkcs11Provider, securityKeyProvider: config.securityKeyProvider }),
    revokedHostKeys: config.revokedHostKeys,
    gssapi: config.gssapiAuthentication,
    gssapiDelegate: config.gssapiDelegateCredentials,
    hostbased: config.hostbasedAuthentication,
    pubkey: config.pubkeyAuthentication,
    ...defined({ preferredAuthentications: config.preferredAuthentications }),
    serverAliveIntervalSeconds: config.serverAliveIntervalSeconds,
    serverAliveCountMax: config.serverAliveCountMax,
    algorithms: algorithmsOf(config),
  };
}

/** One object for all hosts with the same settings: of ten thousand there are a handful. */
export function createSharing(): (settings: SshSettings) => SshSettings {
  return memoize((settings) => settings, JSON.stringify);
}

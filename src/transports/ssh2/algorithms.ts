import type { Algorithms, CipherAlgorithm, KexAlgorithm, MacAlgorithm, ServerHostKeyAlgorithm } from 'ssh2';
import { memoize } from '../../language/memoize.js';
import { expandAlgorithms } from '../ssh-config/parse/algorithms.js';
import type { AlgorithmOption, SshSettings } from '../targets/target.js';

interface Repertoire<Name extends string> {
  /** What ssh2 1.17.0 offers by itself, in its order (lib/protocol/constants.js). */
  readonly offered: readonly Name[];
  /** What it can do besides. */
  readonly besides: readonly Name[];
}

const KEX: Repertoire<KexAlgorithm> = {
  offered: [
    'curve25519-sha256@libssh.org',
    'curve25519-sha256',
    'ecdh-sha2-nistp256',
    'ecdh-sha2-nistp384',
    'ecdh-sha2-nistp521',
    'diffie-hellman-group-exchange-sha256',
    'diffie-hellman-group14-sha256',
    'diffie-hellman-group15-sha512',
    'diffie-hellman-group16-sha512',
    'diffie-hellman-group17-sha512',
    'diffie-hellman-group18-sha512',
  ],
  besides: ['diffie-hellman-group-exchange-sha1', 'diffie-hellman-group14-sha1', 'diffie-hellman-group1-sha1'],
};
const CIPHERS: Repertoire<CipherAlgorithm> = {
  offered: [
    'aes128-gcm@openssh.com',
    'aes256-gcm@openssh.com',
    'aes128-ctr',
    'aes192-ctr',
    'aes256-ctr',
    'chacha20-poly1305@openssh.com',
  ],
  besides: ['aes256-cbc', 'aes192-cbc', 'aes128-cbc', '3des-cbc'],
};
const MACS: Repertoire<MacAlgorithm> = {
  offered: [
    'hmac-sha2-256-etm@openssh.com',
    'hmac-sha2-512-etm@openssh.com',
    'hmac-sha1-etm@openssh.com',
    'hmac-sha2-256',
    'hmac-sha2-512',
    'hmac-sha1',
  ],
  besides: ['hmac-md5', 'hmac-sha1-96', 'hmac-md5-96'],
};
const HOST_KEYS: Repertoire<ServerHostKeyAlgorithm> = {
  offered: [
    'ssh-ed25519',
    'ecdsa-sha2-nistp256',
    'ecdsa-sha2-nistp384',
    'ecdsa-sha2-nistp521',
    'rsa-sha2-512',
    'rsa-sha2-256',
    'ssh-rsa',
  ],
  besides: [],
};

function chosen<Name extends string>(spec: string | undefined, { offered, besides }: Repertoire<Name>): Name[] {
  const names = expandAlgorithms(spec, offered, [...offered, ...besides]);
  const all = [...offered, ...besides];
  return names.flatMap((name) => all.find((known) => known === name) ?? []);
}

type Specs = SshSettings['algorithms'];

/** What ssh2 is to propose. */
export interface ProposedAlgorithms {
  readonly exchange: Pick<Algorithms, 'kex' | 'cipher' | 'hmac'>;
  /** Undefined: any. */
  readonly hostKeys?: ReadonlySet<ServerHostKeyAlgorithm>;
}

/** By ssh_config's lists, which hosts share; a list that is not set leaves ssh2's own. */
export const ssh2Algorithms = memoize((specs: Specs): ProposedAlgorithms => ({
  exchange: {
    ...(specs.KexAlgorithms === undefined ? {} : { kex: chosen(specs.KexAlgorithms, KEX) }),
    ...(specs.Ciphers === undefined ? {} : { cipher: chosen(specs.Ciphers, CIPHERS) }),
    ...(specs.MACs === undefined ? {} : { hmac: chosen(specs.MACs, MACS) }),
  },
  ...(specs.HostKeyAlgorithms === undefined ? {} : { hostKeys: new Set(chosen(specs.HostKeyAlgorithms, HOST_KEYS)) }),
}));

const REPERTOIRES: readonly (readonly [AlgorithmOption, Repertoire<string>])[] = [
  ['KexAlgorithms', KEX],
  ['Ciphers', CIPHERS],
  ['MACs', MACS],
  ['HostKeyAlgorithms', HOST_KEYS],
];

/** The option whose list holds nothing that ssh2 can do; undefined where there is none. */
export const beyondSsh2 = memoize(
  (specs: Specs): AlgorithmOption | undefined =>
    REPERTOIRES.find(([option, known]) => chosen(specs[option], known).length === 0)?.[0],
);

import { ALGORITHM_OPTIONS, type SshSettings } from '../targets/target.js';

/** How ssh is to check the host's key. There is no way to leave it unchecked. */
export interface HostKeyTerms {
  readonly check: 'yes' | 'accept-new';
  /** The known_hosts files, the one that is written to first; undefined: what the configuration says. */
  readonly files?: readonly string[];
  /** The name as it stands in those files, where it is not the address. */
  readonly alias?: string;
}

export interface OpensshRequest {
  readonly address: string;
  readonly port: number;
  readonly user: string;
  /** Absolute; none: the agent and the default ones. */
  readonly identityFiles: readonly string[];
  /** A password is to be had from the helper, for the method `password` alone. */
  readonly asksPassword?: boolean;
  /** Absolute, or `none`: ssh's own defaults alone. */
  readonly configFile: string;
  readonly hostKeys: HostKeyTerms;
  readonly connectTimeoutMs: number;
  /** As ssh_config has them. */
  readonly settings: SshSettings;
  /** What makes the connection in place of ssh: a line for a shell, ready to be run. */
  readonly proxyLine?: string;
  /** The connection is kept for others, which find it by this socket. */
  readonly masterSocket?: string;
  /** Where ssh writes what it does, apart from what the host says on stderr. */
  readonly logFile: string;
}

/** What kernward does not use, or must not, whatever a configuration says. @see ssh_config(5) */
const ALWAYS: readonly (readonly [string, string])[] = [
  ['LogLevel', 'DEBUG1'],
  ['KbdInteractiveAuthentication', 'no'],
  ['UpdateHostKeys', 'no'],
  ['VerifyHostKeyDNS', 'no'],
  ['NoHostAuthenticationForLocalhost', 'no'],
  ['CheckHostIP', 'no'],
  ['ControlPersist', 'no'],
  ['ClearAllForwardings', 'yes'],
  ['ForwardAgent', 'no'],
  ['ForwardX11', 'no'],
  ['AddKeysToAgent', 'no'],
  ['Tunnel', 'no'],
  ['PermitLocalCommand', 'no'],
  ['RemoteCommand', 'none'],
  ['EscapeChar', 'none'],
  ['ConnectionAttempts', '1'],
];

/** BatchMode asks no helper either. One question at most: a password that was refused is not offered again. */
function askingFor(password: boolean): readonly (readonly [string, string])[] {
  return [
    ['BatchMode', password ? 'no' : 'yes'],
    ['NumberOfPasswordPrompts', password ? '1' : '0'],
    ['PasswordAuthentication', password ? 'yes' : 'no'],
  ];
}

/** A path as one word of a configuration line, in which `%` begins a token. */
function quoted(path: string): string {
  return `"${path.replaceAll(/["\\]/gu, String.raw`\$&`).replaceAll('%', '%%')}"`;
}

function given(name: string, value: string | undefined): readonly (readonly [string, string])[] {
  return value === undefined ? [] : [[name, value]];
}
function when(name: string, isSet: boolean, value = 'yes'): readonly (readonly [string, string])[] {
  return isSet ? [[name, value]] : [];
}

/** Only what differs from ssh's own defaults: a build without Kerberos knows no option of it. */
function settingOptions(settings: SshSettings): readonly (readonly [string, string])[] {
  const {
    keys,
    addressFamily,
    bindAddress,
    bindInterface,
    pkcs11Provider,
    securityKeyProvider,
    preferredAuthentications,
    serverAliveIntervalSeconds: alive,
  } = settings;
  return [
    ...when('AddressFamily', addressFamily !== 'any', addressFamily),
    ...given('BindAddress', bindAddress),
    ...given('BindInterface', bindInterface),
    ...when('IdentitiesOnly', keys.isOnly),
    ...when('IdentityAgent', keys.agent.agent === 'none', 'none'),
    ...(keys.agent.agent === 'socket' ? ([['IdentityAgent', quoted(keys.agent.path)]] as const) : []),
    ...settings.certificateFiles.map((file) => ['CertificateFile', quoted(file)] as const),
    ...given('PKCS11Provider', pkcs11Provider),
    ...given('SecurityKeyProvider', securityKeyProvider),
    ...(settings.revokedHostKeys.length === 0
      ? []
      : ([['RevokedHostKeys', settings.revokedHostKeys.map(quoted).join(' ')]] as const)),
    ...when('GSSAPIAuthentication', settings.gssapi),
    ...when('GSSAPIDelegateCredentials', settings.gssapiDelegate),
    ...when('HostbasedAuthentication', settings.hostbased),
    ...when('PubkeyAuthentication', !settings.pubkey, 'no'),
    ...given('PreferredAuthentications', preferredAuthentications?.join(',')),
    ...when('ServerAliveInterval', alive > 0, String(alive)),
    ...when('ServerAliveCountMax', alive > 0, String(settings.serverAliveCountMax)),
    ...ALGORITHM_OPTIONS.flatMap((option) => given(option, settings.algorithms[option])),
  ];
}

function controlOptions(socket: string | undefined): readonly (readonly [string, string])[] {
  return socket === undefined
    ? [
        ['ControlMaster', 'no'],
        ['ControlPath', 'none'],
      ]
    : [
        ['ControlMaster', 'yes'],
        ['ControlPath', quoted(socket)],
      ];
}

/** The arguments of ssh up to and without the command: no shell reads them, and the host's name comes after `--`. */
export function opensshArguments(request: OpensshRequest): readonly string[] {
  const {
    address,
    port,
    user,
    identityFiles,
    asksPassword = false,
    configFile,
    hostKeys,
    connectTimeoutMs,
    logFile,
    settings,
    proxyLine,
    masterSocket,
  } = request;
  const options: readonly (readonly [string, string])[] = [
    ...ALWAYS,
    ...controlOptions(masterSocket),
    ...askingFor(asksPassword),
    ['StrictHostKeyChecking', hostKeys.check],
    ...(hostKeys.files === undefined
      ? []
      : ([
          ['UserKnownHostsFile', hostKeys.files.map(quoted).join(' ')],
          ['GlobalKnownHostsFile', '/dev/null'],
        ] as const)),
    ...(hostKeys.alias === undefined ? [] : ([['HostKeyAlias', hostKeys.alias]] as const)),
    ['ConnectTimeout', String(Math.ceil(connectTimeoutMs / 1000))],
    ...(proxyLine === undefined ? [] : ([['ProxyCommand', proxyLine.replaceAll('%', '%%')]] as const)),
    ...settingOptions(settings),
    ...identityFiles.map((file) => ['IdentityFile', quoted(file)] as const),
  ];
  return [
    '-F',
    configFile,
    '-T',
    ...(masterSocket === undefined ? [] : ['-N']),
    '-E',
    logFile,
    ...options.flatMap(([name, value]) => ['-o', `${name}=${value}`]),
    '-p',
    String(port),
    '-l',
    user,
    '--',
    address,
  ];
}

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
  ['ControlMaster', 'no'],
  ['ControlPath', 'none'],
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
const askingFor = (password: boolean): readonly (readonly [string, string])[] => [
  ['BatchMode', password ? 'no' : 'yes'],
  ['NumberOfPasswordPrompts', password ? '1' : '0'],
  ['PasswordAuthentication', password ? 'yes' : 'no'],
];

/** A path as one word of a configuration line, in which `%` begins a token. */
const quoted = (path: string): string => `"${path.replaceAll(/["\\]/gu, String.raw`\$&`).replaceAll('%', '%%')}"`;

/** The arguments of ssh up to and without the command: no shell reads them, and the host's name comes after `--`. */
export const opensshArguments = (request: OpensshRequest): readonly string[] => {
  const { address, port, user, identityFiles, asksPassword = false, configFile, hostKeys, connectTimeoutMs, logFile } = request;
  const options: readonly (readonly [string, string])[] = [
    ...ALWAYS,
    ...askingFor(asksPassword),
    ['StrictHostKeyChecking', hostKeys.check],
    ...(hostKeys.files === undefined ? [] : ([['UserKnownHostsFile', hostKeys.files.map(quoted).join(' ')], ['GlobalKnownHostsFile', '/dev/null']] as const)),
    ...(hostKeys.alias === undefined ? [] : ([['HostKeyAlias', hostKeys.alias]] as const)),
    ['ConnectTimeout', String(Math.ceil(connectTimeoutMs / 1000))],
    ...(identityFiles.length === 0 ? [] : ([['IdentitiesOnly', 'yes']] as const)),
    ...identityFiles.map((file) => ['IdentityFile', quoted(file)] as const),
  ];
  return ['-F', configFile, '-T', '-E', logFile, ...options.flatMap(([name, value]) => ['-o', `${name}=${value}`]), '-p', String(port), '-l', user, '--', address];
};

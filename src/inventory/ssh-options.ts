import { suggest } from '../text/suggest.js';

/**
 * Each hop: `[user@]host[:port]`, an IPv6 address in brackets, with or without `ssh://`. Nothing begins with a hyphen.
 */
const HOP =
  '(?:ssh://)?(?:[A-Za-z0-9_][A-Za-z0-9_.@+\\\\$-]{0,255}@)?(?:[A-Za-z0-9_][A-Za-z0-9_.-]{0,252}|\\[[0-9A-Fa-f:.]{2,45}(?:%[A-Za-z0-9_.-]{1,64})?\\])(?::[0-9]{1,5})?';

export const PROXY_JUMP_PATTERN = `^${HOP}(?:,${HOP})*$`;

/** Words that mean the same to every shell: nothing to quote, nothing to expand but ssh's tokens and a leading `~/`. */
export const PROXY_COMMAND_PATTERN = '^(?!-)[A-Za-z0-9_@%+=:,./~-]+(?: +[A-Za-z0-9_@%+=:,./~-]+)*$';

export const SSH_OPTION_PATTERN = '^[A-Za-z][A-Za-z0-9]*(?: *= *| +)[^\\x00-\\x1f\\x7f]+$';

/** The form of a HostKeyAlias: it is written to known_hosts as it is, so it is the name of a host and nothing else. */
const HOST_KEY_ALIAS = /^("?)[\w.:%[\]-]+\1$/;

function wordsIn(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}

/** Where a host is, how it is spoken to, and what it is offered to log in. @see ssh_config(5) */
const USEFUL = wordsIn(`
  HostName Port User AddressFamily BindAddress BindInterface Tag CanonicalizeHostname CanonicalDomains
  CanonicalizeMaxDots CanonicalizeFallbackLocal CanonicalizePermittedCNAMEs ConnectTimeout ConnectionAttempts
  TCPKeepAlive ServerAliveInterval ServerAliveCountMax HostKeyAlias StrictHostKeyChecking IdentityFile
  CertificateFile IdentitiesOnly IdentityAgent PreferredAuthentications PubkeyAuthentication
  PasswordAuthentication KbdInteractiveAuthentication ChallengeResponseAuthentication HostbasedAuthentication
  HostbasedAcceptedAlgorithms HostbasedKeyTypes GSSAPIAuthentication GSSAPIClientIdentity IPQoS RekeyLimit Ciphers MACs KexAlgorithms HostKeyAlgorithms PubkeyAcceptedAlgorithms
  PubkeyAcceptedKeyTypes CASignatureAlgorithms RequiredRSASize KbdInteractiveDevices
  KeepAlive ProtocolKeepAlives SetupTimeOut SKeyAuthentication TISAuthentication DSAAuthentication IdentityFile2
`);

/** What kernward does, or does not do, whatever is asked for: it changes nothing of whom it reaches. */
const WITHOUT_EFFECT = wordsIn(`
  BatchMode Compression ControlMaster ControlPath ControlPersist LogLevel ForwardAgent ForwardX11
  ForwardX11Trusted RequestTTY VisualHostKey StdinNull AddKeysToAgent ExitOnForwardFailure ClearAllForwardings
  EscapeChar EnableEscapeCommandline FingerprintHash NumberOfPasswordPrompts ObscureKeystrokeTiming ForwardX11Timeout
  LogVerbose SyslogFacility WarnWeakCrypto ChannelTimeout
`);

/** Once known to ssh, and without effect for it too. */
const OUT_OF_USE = wordsIn(`
  Protocol Cipher CompressionLevel FallBackToRsh RhostsAuthentication RhostsRSAAuthentication RSAAuthentication UseRoaming
  UseRsh UsePrivilegedPort UseBlacklistedKeys UseVulnerableKeys AFSTokenPassing KerberosAuthentication KerberosTGTPassing
`);

const ALLOWED: ReadonlySet<string> = new Set(
  [...USEFUL, ...WITHOUT_EFFECT, ...OUT_OF_USE].map((name) => name.toLowerCase()),
);

const TRUST =
  'which host keys are trusted, and where new ones are written, is not for an inventory to say: --host-keys file:PATH, or your ssh_config';

/** Why some of the others are not there, with the way out. */
const REFUSED: ReadonlyMap<string, string> = new Map([
  ['proxycommand', 'it has a field of its own: proxyCommand'],
  ['proxyjump', 'it has a field of its own: proxyJump'],
  ['pkcs11provider', 'it loads a library: put it into your ssh_config'],
  ['smartcarddevice', 'it loads a library: put it into your ssh_config'],
  ['securitykeyprovider', 'it loads a library: put it into your ssh_config'],
  ['gssapidelegatecredentials', 'it hands your Kerberos ticket to the host: put it into your ssh_config'],
  ['gssapikeyexchange', 'Kerberos would vouch for the host in place of its key: put it into your ssh_config'],
  ...wordsIn('gssapiserveridentity gssapitrustdns gssapirenewalforcesrekey gssapikexalgorithms').map(
    (name) => [name, 'it says for whom Kerberos vouches: put it into your ssh_config'] as const,
  ),
  ...wordsIn(`
    dynamicforward localforward remoteforward permitremoteopen streamlocalbindmask streamlocalbindunlink gatewayports tunnel tunneldevice
  `).map((name) => [name, 'a connection of kernward takes no ports and no devices along'] as const),
  ...wordsIn('remotecommand sessiontype forkafterauthentication').map(
    (name) => [name, 'what runs on a host, and how, kernward alone says'] as const,
  ),
  ['xauthlocation', 'it runs a program here: put it into your ssh_config'],
  ['proxyusefdpass', 'it belongs to a ProxyCommand of your ssh_config'],
  ['enablesshkeysign', 'it is for the ssh_config of the machine'],
  ['ignoreunknown', 'it is for ssh_config: what an inventory may say is known'],
  ['refuseconnection', 'leave the host out of the inventory'],
  ['versionaddendum', 'it is for ssh_config: hosts are told what kernward is'],
  ['sendenv', 'nothing of an environment is sent to a host'],
  ['setenv', 'nothing of an environment is sent to a host'],
  ['localcommand', 'it runs a program here: put it into your ssh_config'],
  ['permitlocalcommand', 'it runs a program here: put it into your ssh_config'],
  ['host', 'it begins a block of ssh_config, and is no option'],
  ['match', 'it begins a block of ssh_config, and is no option'],
  ['include', 'it belongs into an ssh_config file'],
  ...wordsIn(`
    userknownhostsfile globalknownhostsfile userknownhostsfile2 globalknownhostsfile2 knownhostscommand
    revokedhostkeys verifyhostkeydns checkhostip hashknownhosts updatehostkeys nohostauthenticationforlocalhost
  `).map((name) => [name, TRUST] as const),
]);

/** What is refused because of what it would switch on: to say that it is off is always right. */
const MAY_BE_OFF: ReadonlySet<string> = new Set(
  wordsIn(`
    gssapidelegatecredentials gssapikeyexchange nohostauthenticationforlocalhost permitlocalcommand updatehostkeys
    verifyhostkeydns
  `),
);

const UNHEARD: ReadonlySet<string> = new Set(
  [...WITHOUT_EFFECT, 'CheckHostIP', 'UpdateHostKeys'].map((name) => name.toLowerCase()),
);

/** Whether an option, in small letters, is one that kernward alone decides: other tools may say it, and it does nothing. */
export function isWithoutEffect(keyword: string): boolean {
  return UNHEARD.has(keyword);
}

/** Why an option of ssh cannot stand in an inventory, `Keyword=value`; undefined where it can. */
export function sshOptionProblem(option: string): string | undefined {
  const [, keyword = '', value = ''] = /^([^ =]*)(?: *= *| +)?(.*)$/s.exec(option) ?? [];
  const name = keyword.toLowerCase();
  if (name === 'hostkeyalias' && !HOST_KEY_ALIAS.test(value))
    return 'an alias is written to known_hosts as it is: letters, digits and _ . : % [ ] -';
  if (ALLOWED.has(name) || (MAY_BE_OFF.has(name) && /^(?:no|"no")$/i.test(value))) return undefined;
  const near = suggest(keyword, USEFUL);
  return (
    REFUSED.get(name) ??
    (near === undefined
      ? 'it is none of those that are known to be harmless in an inventory: put it into your ssh_config'
      : `did you mean ${near}?`)
  );
}

import type { WordSet } from './values.js';

/** How the argument of a keyword is read, and whether it is kept. */
export type Kind =
  | { readonly reads: 'words'; readonly words: WordSet }
  | {
      readonly reads:
        | 'seconds'
        | 'integer'
        | 'port'
        | 'string'
        | 'command'
        | 'jump'
        | 'agent'
        | 'algorithms'
        | 'aliases'
        | 'revoked';
    }
  | { readonly reads: 'list'; readonly most: number }
  | { readonly reads: 'many' }
  /** Known to ssh, of no use here: the argument is ignored. */
  | { readonly reads: 'nothing' };

export interface Keyword {
  /** The name under which the value is kept: aliases share one. */
  readonly option: string;
  readonly kind: Kind;
}

/** Most files of a UserKnownHostsFile. @see SSH_MAX_HOSTS_FILES, readconf.h */
const MOST_HOSTS_FILES = 32;
/** @see SSH_MAX_IDENTITY_FILES and SSH_MAX_CERTIFICATE_FILES, readconf.h */
export const MOST_IDENTITY_FILES = 100;

function of(kind: Kind, names: string): readonly (readonly [string, Keyword])[] {
  return names
    .trim()
    .split(/\s+/)
    .map((name) => [name, { option: name, kind }] as const);
}

function alias(name: string, option: string, kind: Kind): readonly [string, Keyword] {
  return [name, { option, kind }];
}

const FLAG: Kind = { reads: 'words', words: 'flag' };
const PUBKEY: Kind = { reads: 'words', words: 'pubkey' };
const STRING: Kind = { reads: 'string' };
const ALGORITHMS: Kind = { reads: 'algorithms' };
const SECONDS: Kind = { reads: 'seconds' };
const NOTHING: Kind = { reads: 'nothing' };

/** The keywords that say which lines apply; parse.ts reads them itself. */
export const BLOCK_KEYWORDS: ReadonlySet<string> = new Set(['host', 'match', 'include']);

/**
 * Every other keyword of OpenSSH up to 10.5, and those that Debian and Fedora add (GSSAPI key exchange, SetupTimeOut).
 * @see the keyword tables of readconf.c in OpenSSH 9.2p1 and 10.5p1
 */
export const KEYWORDS: ReadonlyMap<string, Keyword> = new Map([
  ...of(
    FLAG,
    `batchmode checkhostip clearallforwardings enableescapecommandline enablesshkeysign exitonforwardfailure
    forkafterauthentication forwardx11 forwardx11trusted gatewayports gssapiauthentication gssapidelegatecredentials
    hashknownhosts hostbasedauthentication identitiesonly kbdinteractiveauthentication nohostauthenticationforlocalhost
    passwordauthentication permitlocalcommand proxyusefdpass stdinnull streamlocalbindunlink tcpkeepalive visualhostkey
    canonicalizefallbacklocal`,
  ),
  ...['challengeresponseauthentication', 'skeyauthentication', 'tisauthentication'].map((name) =>
    alias(name, 'kbdinteractiveauthentication', FLAG),
  ),
  alias('keepalive', 'tcpkeepalive', FLAG),
  ...of(PUBKEY, 'pubkeyauthentication'),
  alias('dsaauthentication', 'pubkeyauthentication', PUBKEY),
  ...of({ reads: 'words', words: 'yesNoAsk' }, 'verifyhostkeydns updatehostkeys'),
  ...of({ reads: 'words', words: 'strict' }, 'stricthostkeychecking'),
  ...of({ reads: 'words', words: 'family' }, 'addressfamily'),
  ...of({ reads: 'words', words: 'canonicalize' }, 'canonicalizehostname'),
  ...of({ reads: 'words', words: 'controlMaster' }, 'controlmaster'),
  ...of({ reads: 'words', words: 'tunnel' }, 'tunnel'),
  ...of({ reads: 'words', words: 'requestTty' }, 'requesttty'),
  ...of({ reads: 'words', words: 'session' }, 'sessiontype'),
  ...of({ reads: 'words', words: 'compression' }, 'compression'),
  ...of(SECONDS, 'connecttimeout serveraliveinterval forwardx11timeout'),
  ...['protocolkeepalives', 'setuptimeout'].map((name) => alias(name, 'serveraliveinterval', SECONDS)),
  ...of(
    { reads: 'integer' },
    'serveralivecountmax connectionattempts numberofpasswordprompts canonicalizemaxdots requiredrsasize',
  ),
  ...of({ reads: 'port' }, 'port'),
  ...of(
    STRING,
    `user hostname hostkeyalias preferredauthentications bindaddress bindinterface pkcs11provider
    securitykeyprovider ignoreunknown kbdinteractivedevices xauthlocation controlpath tag refuseconnection`,
  ),
  ...of(
    ALGORITHMS,
    'ciphers macs kexalgorithms hostkeyalgorithms pubkeyacceptedalgorithms hostbasedacceptedalgorithms casignaturealgorithms',
  ),
  alias('smartcarddevice', 'pkcs11provider', STRING),
  alias('pubkeyacceptedkeytypes', 'pubkeyacceptedalgorithms', ALGORITHMS),
  alias('hostbasedkeytypes', 'hostbasedacceptedalgorithms', ALGORITHMS),
  ...of({ reads: 'command' }, 'proxycommand knownhostscommand localcommand remotecommand'),
  ...of({ reads: 'jump' }, 'proxyjump'),
  ...of({ reads: 'agent' }, 'identityagent'),
  ...of({ reads: 'list', most: MOST_HOSTS_FILES }, 'globalknownhostsfile userknownhostsfile'),
  ...of({ reads: 'revoked' }, 'revokedhostkeys'),
  ...of({ reads: 'aliases' }, 'canonicalizepermittedcnames'),
  ...of({ reads: 'words', words: 'logLevel' }, 'loglevel'),
  ...of({ reads: 'many' }, 'identityfile certificatefile'),
  alias('identityfile2', 'identityfile', { reads: 'many' }),
  ...of(
    NOTHING,
    `addkeystoagent canonicaldomains channeltimeout controlpersist dynamicforward escapechar fingerprinthash
    forwardagent ipqos localforward logverbose obscurekeystroketiming permitremoteopen rekeylimit remoteforward
    sendenv setenv streamlocalbindmask syslogfacility tunneldevice versionaddendum warnweakcrypto
    gssapikeyexchange gssapiclientidentity gssapiserveridentity gssapitrustdns gssapirenewalforcesrekey gssapikexalgorithms`,
  ),
  // Once known, ignored or refused without ending ssh today.
  ...of(
    NOTHING,
    `protocol cipher fallbacktorsh globalknownhostsfile2 rhostsauthentication userknownhostsfile2 useroaming usersh
    useprivilegedport useblacklistedkeys usevulnerablekeys afstokenpassing kerberosauthentication kerberostgtpassing
    rsaauthentication rhostsrsaauthentication compressionlevel`,
  ),
]);

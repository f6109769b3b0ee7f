import { defined } from '../../language/defined.js';
import { hostNameProblem, userProblem } from './match/host-name.js';
import { toInteger } from './parse/values.js';

/** A host on the way: what `ProxyJump` says of it. The rest comes from its own blocks of the configuration. */
export interface JumpHop {
  readonly host: string;
  readonly user?: string;
  readonly port?: number;
}

export type JumpReading =
  /** `ProxyJump none`: no jump, whatever follows. */
  | { readonly jump: 'none' }
  /** In the order in which they are passed: the first is connected to from here. */
  | { readonly jump: 'hops'; readonly hops: readonly JumpHop[] }
  | { readonly jump: 'wrong'; readonly message: string }
  /** Releases of OpenSSH read it differently, or a file of this machine is needed. */
  | { readonly jump: 'unsure'; readonly reason: 'proxy-jump-syntax' | 'service-name'; readonly detail: string };

const MAX_PORT = 65_535;

type HopReading = { readonly hop: JumpHop } | { readonly wrong: string } | { readonly service: string };

/** `host`, `host:port`, `[address]:port`, then the delimiter's tail. @see hpdelim2, misc.c */
function splitHost(
  text: string,
): { readonly host: string; readonly delimiter: string; readonly tail: string | undefined } | undefined {
  const close = text.startsWith('[') ? text.indexOf(']') : -1;
  if (text.startsWith('[') && close < 0) return undefined;
  const from = close + 1;
  const end = close < 0 ? text.search(/[:/]/) : text.length > from ? from : -1;
  const host = end < 0 ? text : text.slice(0, end);
  const delimiter = end < 0 ? '' : text.charAt(end);
  if (delimiter !== '' && delimiter !== ':' && delimiter !== '/') return undefined;
  return {
    host: /^\[.*\]$/s.test(host) ? host.slice(1, -1) : host,
    delimiter,
    tail: end < 0 ? undefined : text.slice(end + 1),
  };
}

function withPort(user: string | undefined, host: string, port: string | undefined): HopReading {
  const base = { host, ...defined({ user }) };
  if (port === undefined || port === '') return { hop: base };
  const number = toInteger(port, MAX_PORT);
  if (number === undefined) return /^[+-]?\d*$/.test(port) ? { wrong: `${port} is not a port` } : { service: port };
  return number === 0 ? { wrong: '0 is not a port' } : { hop: { ...base, port: number } };
}

function urlDecoded(text: string): string | undefined {
  if (/%(?![\da-f]{2})/i.test(text)) return undefined;
  const decoded = text
    .replaceAll('+', ' ')
    .replace(/%(?<hex>[\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(decoded.split('\0')[0] ?? '', 'latin1').toString('utf8');
}

/** `ssh://[user[;parameters]@]host[:port]`. @see parse_uri, misc.c */
function readUri(uri: string): HopReading {
  const at = uri.indexOf('@');
  const login = at < 0 ? undefined : (uri.slice(0, at).split(';')[0] ?? '');
  const user = login === undefined ? undefined : urlDecoded(login);
  if (login === '' || (login !== undefined && user === undefined))
    return { wrong: 'the user in the URI cannot be read' };
  const split = splitHost(at < 0 ? uri : uri.slice(at + 1));
  const host = split?.host ?? '';
  if (split === undefined || !/^[a-z\d][\w.-]*$/i.test(host) || host.includes('..'))
    return { wrong: 'the host in the URI cannot be read' };
  const [port, ...path] = split.delimiter === ':' ? (split.tail ?? '').split('/') : [undefined, split.tail ?? ''];
  return path.join('/') === ''
    ? withPort(user, host.replace(/\.$/, ''), port)
    : { wrong: 'a path has no meaning in a ProxyJump' };
}

/** `[user@]host[:port]`. @see parse_user_host_port, misc.c */
function readPlain(text: string): HopReading {
  const at = text.lastIndexOf('@');
  const split = splitHost(text.slice(at + 1));
  if (at === 0) return { wrong: 'the user before @ is missing' };
  if (split === undefined || split.delimiter === '/' || (split.host === '' && !text.includes('[]')))
    return { wrong: `no host can be read in ${text}` };
  return withPort(at < 0 ? undefined : text.slice(0, at), split.host, split.tail);
}

function readHop(text: string): HopReading {
  return text.startsWith('ssh://') ? readUri(text.slice('ssh://'.length)) : readPlain(text);
}

function unsure(detail: string, reason: 'proxy-jump-syntax' | 'service-name' = 'proxy-jump-syntax'): JumpReading {
  return {
    jump: 'unsure',
    reason,
    detail,
  };
}

/** Hops separated by commas, without a comment: `none` is a host here. */
export function readHops(list: string): JumpReading {
  const readings = list.split(',').map(readHop);
  const wrong = readings.find((reading) => 'wrong' in reading);
  if (wrong !== undefined) return { jump: 'wrong', message: wrong.wrong };
  const service = readings.find((reading) => 'service' in reading);
  if (service !== undefined) return unsure(`the port ${service.service} is a name`, 'service-name');
  return { jump: 'hops', hops: readings.flatMap((reading) => ('hop' in reading ? [reading.hop] : [])) };
}

/**
 * The value of ProxyJump. A comment is cut off; blanks within, a comma within the comment, and names with odd
 * characters are read differently by OpenSSH 9.2 and 10.5.
 *
 * @param text the line after the keyword, without blanks at its ends
 */
export function readJump(text: string): JumpReading {
  if (text.toLowerCase() === 'none') return { jump: 'none' };
  const [written = '', ...comment] = text.split('#');
  const list = written.trimEnd();
  if (comment.join('#').includes(',')) return unsure(`the comment after ${list} has a comma`);
  if (/\s/.test(list)) return unsure(`${list} has a blank within`);
  const reading = readHops(list);
  const odd =
    reading.jump === 'hops' &&
    reading.hops.some(
      ({ host, user }) =>
        hostNameProblem(host) !== undefined || (user !== undefined && userProblem(user) !== undefined),
    );
  return odd ? unsure(`${list} has a name that newer releases refuse`) : reading;
}

import { closeSync, constants, existsSync, fstatSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { errorCode, errorText } from '../error-detail.js';
import type { LocalUser } from './expand.js';
import type { ConfigFiles, FileReading } from './files.js';

/** Far beyond any ssh_config; what is longer is another file. */
const MAX_BYTES = 16 * 1024 * 1024;
const WRITABLE_BY_OTHERS = 0o002;
const WRITABLE_BY_GROUP = 0o020;

/**
 * Who else could have written the file; undefined: nobody.
 * A file that only the user's own group can write passes, as it does for the ssh of Debian, where each user has a group
 * alone.
 */
function unsafe(stats: { readonly uid: number; readonly gid: number; readonly mode: number }): string | undefined {
  const [uid, gid] = [process.getuid?.(), process.getgid?.()];
  if (stats.uid !== 0 && stats.uid !== uid) return 'another user owns it';
  if ((stats.mode & WRITABLE_BY_OTHERS) !== 0) return 'everybody can write to it';
  return (stats.mode & WRITABLE_BY_GROUP) !== 0 && stats.gid !== gid ? 'a group can write to it' : undefined;
}

function readOpen(descriptor: number, checkOwner: boolean): FileReading {
  const stats = fstatSync(descriptor);
  const danger = checkOwner ? unsafe(stats) : undefined;
  if (danger !== undefined) return { read: 'refused', detail: danger };
  // ssh opens a directory and finds no line in it.
  if (stats.isDirectory()) return { read: 'text', text: '' };
  if (!stats.isFile()) return { read: 'refused', detail: 'it is not a regular file' };
  if (stats.size > MAX_BYTES) return { read: 'refused', detail: `it is longer than ${MAX_BYTES} bytes` };
  return { read: 'text', text: readFileSync(descriptor, 'utf8') };
}

function read(path: string, checkOwner: boolean): FileReading {
  let descriptor: number;
  try {
    // Without O_NONBLOCK a FIFO would hold us for ever.
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (thrown) {
    return errorCode(thrown) === 'ENOENT' || errorCode(thrown) === 'ENOTDIR'
      ? { read: 'missing' }
      : { read: 'refused', detail: errorText(thrown) };
  }
  try {
    return readOpen(descriptor, checkOwner);
  } catch (thrown) {
    return { read: 'refused', detail: errorText(thrown) };
  } finally {
    closeSync(descriptor);
  }
}

function list(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    // As glob(3): what cannot be listed holds no match.
    return [];
  }
}

/** The disk. */
export const DISK_FILES: ConfigFiles = { read, list, exists: existsSync };

/**
 * Whoever runs kernward, here. A user without an entry in the password database, as in many containers, is taken from
 * the environment.
 */
export function localUser(environment: LocalUser['environment'] = process.env): LocalUser {
  const machine = hostname();
  try {
    const { username, uid, homedir } = userInfo();
    return { name: username, uid, home: homedir, machine, environment };
  } catch (thrown) {
    if (errorCode(thrown) !== 'ERR_SYSTEM_ERROR' && errorCode(thrown) !== 'ENOENT') throw thrown;
    const uid = process.getuid?.() ?? 0;
    return { name: environment['USER'] ?? String(uid), uid, home: environment['HOME'] ?? '/', machine, environment };
  }
}

import { randomBytes } from 'node:crypto';
import { constants, lstatSync, readlinkSync, realpathSync, renameSync, rmSync, statSync, type Stats } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, parse, resolve, sep } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { errorCode } from '../transports/error-detail.js';
import { KEEPER } from '../transports/programs/keeper.js';
import { gathered, type Chunk, type Chunks } from './chunks.js';

/** A report says which machine can be brought down, and how. */
const PRIVATE = 0o600;
const WRITABLE_BY_OTHERS = 0o022;
const WRITABLE_BY_EVERYBODY = 0o002;
const PERMISSIONS = 0o777;

/** As many as Linux follows. */
const MOST_LINKS = 40;

const FULL_MS = 20;

function isMine(uid: number): boolean {
  return uid === process.geteuid?.() || uid === 0;
}

function foreign(path: string): Error {
  return new Error(`${path} belongs to somebody else, in a folder that others can write to`);
}

/**
 * Refuses a way that leads over a link that somebody else laid in a shared folder (`/tmp`): he would choose what is written
 * over. As Linux does where `fs.protected_symlinks` is set, which it need not be.
 *
 * @throws that, and what the file system says
 */
export function checkLinks(wanted: string): void {
  const { root } = parse(resolve(wanted));
  let ahead = resolve(wanted).slice(root.length).split(sep);
  let at = root;
  for (let links = 0; ahead.length > 0;) {
    const [name = '', ...rest] = ahead;
    const path = resolve(at, name);
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found === undefined) return;
    if (!found.isSymbolicLink()) {
      at = path;
      ahead = rest;
      continue;
    }
    links += 1;
    if (links > MOST_LINKS) throw new Error(`${wanted} leads over more than ${MOST_LINKS} links`);
    if (!isMine(found.uid) && (statSync(at).mode & WRITABLE_BY_OTHERS) !== 0) throw foreign(path);
    const target = readlinkSync(path);
    if (isAbsolute(target)) at = root;
    ahead = [...target.split(sep).filter((part) => part !== ''), ...rest];
  }
}

function behindLinks(path: string): string {
  return statSync(path, { throwIfNoEntry: false }) === undefined ? resolve(path) : realpathSync(path);
}

/** Beside a file of SQLite; who makes one has a say in what the file holds. */
const JOURNALS = ['-journal', '-wal', '-shm'];

/**
 * Refuses the journal of a history that somebody else laid beside it in a folder for everybody (`/tmp`): SQLite would put its
 * pages into the file.
 *
 * @throws that
 */
export function checkJournals(history: string): void {
  const file = behindLinks(history);
  for (const suffix of JOURNALS) checkOwner(`${file}${suffix}`);
}

/** @throws where somebody else's file stands there, in a folder for everybody: he could read what is written to it, or change it */
function checkOwner(wanted: string): void {
  const found = lstatSync(wanted, { throwIfNoEntry: false });
  if (found !== undefined && !isMine(found.uid) && (statSync(dirname(wanted)).mode & WRITABLE_BY_EVERYBODY) !== 0)
    throw foreign(wanted);
}

/**
 * Refuses a history whose file, or whose way or journal, is of somebody else's making, where everybody may make files.
 *
 * @throws that, and what the file system says
 */
export function checkHistoryPlace(history: string): void {
  checkLinks(history);
  checkOwner(behindLinks(history));
  checkJournals(history);
}

/** Whether a file is, or will be, there as a whole once it is written. Devices and pipes, and what cannot be looked at, are not. */
export function isReplacedAsAWhole(wanted: string): boolean {
  try {
    return statSync(wanted, { throwIfNoEntry: false })?.isFile() ?? true;
  } catch {
    return false;
  }
}

/** Writes to what takes its time, and says so rather than to hold a thread. */
async function writeWhole(file: FileHandle, chunk: Chunk): Promise<void> {
  const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
  for (let written = 0; written < bytes.length;) {
    try {
      written += (await file.write(bytes, written)).bytesWritten;
    } catch (thrown) {
      if (errorCode(thrown) !== 'EAGAIN') throw thrown;
      await wait(FULL_MS);
    }
  }
}

/** A pipe or a device, as it is. Opened without waiting: a FIFO without a reader would hold a thread for ever, and the exit with it. */
async function writeThrough(wanted: string, chunks: Chunks): Promise<void> {
  let file: FileHandle;
  try {
    file = await open(wanted, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch (thrown) {
    if (errorCode(thrown) === 'ENXIO') throw new Error('it is a pipe that nobody reads', { cause: thrown });
    throw thrown;
  }
  try {
    const found = await file.stat();
    if (found.isFile()) throw new Error('it was a pipe or a device, and is a file now');
    if (!isMine(found.uid) && (statSync(dirname(wanted)).mode & WRITABLE_BY_OTHERS) !== 0) throw foreign(wanted);
    for await (const chunk of gathered(chunks, { isSoonDone: true })) await writeWhole(file, chunk);
  } finally {
    await file.close();
  }
}

/** What the new file may be used for, and by whom: as was asked for, as its owner left the old one, or by its owner alone. */
function modeFor(old: { readonly mode: number; readonly uid: number } | undefined, asked: number | undefined): number {
  if (asked !== undefined) return asked;
  return old === undefined || old.uid !== process.geteuid?.() ? PRIVATE : old.mode & PERMISSIONS & ~WRITABLE_BY_OTHERS;
}

/** Half-written files of this process: they go with it, however it ends. */
const HALVES = new Set<string>();
function removeHalves(): void {
  for (const half of HALVES) rmSync(half, { force: true });
}
function keepHalf(file: string): void {
  if (HALVES.size === 0) process.once('exit', removeHalves);
  HALVES.add(file);
  KEEPER.made(file);
}
function forgetHalf(file: string): void {
  HALVES.delete(file);
  if (HALVES.size === 0) process.off('exit', removeHalves);
  KEEPER.gone(file);
}

/** The file that is replaced behind links. @throws where a link is somebody else's, in a folder that others can write to */
function replaced(wanted: string): { readonly file: string; readonly old: Stats | undefined } {
  checkLinks(wanted);
  const old = statSync(wanted, { throwIfNoEntry: false });
  return { file: old === undefined ? resolve(wanted) : realpathSync(wanted), old };
}

/**
 * A regular file, or one that is not there yet, has the whole of the new text or the whole of the old: written beside it, its owner's
 * alone, flushed, and renamed over it. Who could not read the old file then cannot read the new one, and nobody but its owner can
 * write to it. A link is followed, but for one of somebody else's in a shared folder. However the process ends, the half-written file
 * goes with it.
 *
 * @param mode of the file, in place of the old one's, or of 0600 for a new one
 * @param ready as of `gathered`
 * @throws what the file system or `chunks` throw, and where something else stands there in the end than in the beginning
 */
export async function replaceFile(
  wanted: string,
  chunks: Chunks,
  mode?: number,
  ready?: () => Promise<void> | undefined,
): Promise<void> {
  const { file } = replaced(wanted);
  // A name that no earlier run can have left behind: in a container every run may have the same process id.
  const beside = join(dirname(file), `.${basename(file)}.${randomBytes(6).toString('hex')}.tmp`);
  keepHalf(beside);
  try {
    const handle = await open(beside, 'wx', PRIVATE);
    try {
      // Every write lets others have their turn: an interrupt must be heard while a large report is written.
      for await (const chunk of gathered(chunks, { ready, isSoonDone: true })) await handle.writeFile(chunk);
      await handle.sync();
      // Hosts may have been waited for in between.
      const now = replaced(wanted);
      if (now.file !== file || now.old?.isFile() === false)
        throw new Error('what stands there is something else than when it was begun');
      await handle.chmod(modeFor(now.old, mode));
    } finally {
      await handle.close();
    }
    renameSync(beside, file);
  } catch (thrown) {
    rmSync(beside, { force: true });
    throw thrown;
  } finally {
    forgetHalf(beside);
  }
}

/**
 * Writes a file as `replaceFile` does; a device or a pipe (`/dev/null`, `/dev/full`) is written to as it is, for there is nothing to
 * rename over.
 */
export async function writeFileAtomically(wanted: string, chunks: Chunks, mode?: number): Promise<void> {
  if (replaced(wanted).old?.isFile() === false) await writeThrough(wanted, chunks);
  else await replaceFile(wanted, chunks, mode);
}

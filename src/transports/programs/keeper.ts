import { type ChildProcess, spawn } from 'node:child_process';
import { hasProcessGroups } from '../control-machine.js';

/**
 * Reads what it is to do when this process has gone, a line at a time: `+PID` and `-PID` a process group that runs and
 * that has ended, `=PATH` and `!PATH` what is to be removed and what is gone. Its standard input is a pipe that only
 * this process holds, so that it comes to its end however this process ends, SIGKILL included. Who is killed may just
 * be making a file, hence the second attempt.
 */
const SCRIPT = `trap '' HUP INT TERM
pids=' '
while IFS= read -r line; do
  what=\${line#?}
  case $line in
    +*) pids="$pids$what " ;;
    -*) pids="\${pids%% "$what" *} \${pids#* "$what" }" ;;
    =*) set -- "$@" "$what" ;;
    !*) for path do
          shift
          [ "$path" = "$what" ] || set -- "$@" "$path"
        done ;;
  esac
done
for pid in $pids; do kill -s KILL -- "-$pid" 2>/dev/null; done
for path do rm -rf -- "$path" 2>/dev/null || { sleep 1; rm -rf -- "$path"; } done
`;

/** Sees to it that what this process started and made goes with it. */
export interface Keeper {
  /** A process group, by its leader, that is to be killed. */
  readonly started: (pid: number) => void;
  readonly ended: (pid: number) => void;
  /** A file or folder that is to be removed. Told before it is made. */
  readonly made: (path: string) => void;
  readonly gone: (path: string) => void;
}

function launch(): ChildProcess | undefined {
  try {
    // Out of reach of the terminal, and with no folder of its own that could not be unmounted.
    const child = spawn('/bin/sh', ['-c', SCRIPT, 'kernward-keeper'], {
      detached: true,
      cwd: '/',
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    child.on('error', () => undefined);
    child.stdin.on('error', () => undefined);
    child.unref();
    if ('unref' in child.stdin && typeof child.stdin.unref === 'function') child.stdin.unref();
    return child;
  } catch {
    return undefined; // the machine has no process for us, and soon no other either
  }
}

/** @param start the process that reads what is told; made when there is something to tell */
function createKeeper(start: () => ChildProcess | undefined = launch): Keeper {
  let child: ChildProcess | undefined;
  const tell = (line: string): void => {
    // Without them nothing ends one process with another either.
    if (!hasProcessGroups()) return;
    child ??= start();
    child?.stdin?.write(`${line}\n`);
  };
  const told = (sign: string, path: string): void => {
    if (!path.includes('\n')) tell(`${sign}${path}`);
  };
  return {
    started: (pid) => tell(`+${pid}`),
    ended: (pid) => tell(`-${pid}`),
    made: (path) => told('=', path),
    gone: (path) => told('!', path),
  };
}

/** The one of this process. */
export const KEEPER = createKeeper();

import { allowedParameters } from '../facts/catalog/cmdline.js';
import type { FactDefinition, FileSection } from '../facts/definition.js';
import { FACTS } from '../facts/index.js';
import { BUILT_TEXTS } from '../text/built-texts.js';
import { memoize } from '../language/memoize.js';
import { CMDLINE_AWK } from './cmdline-awk.js';
import { BOOT_AWK } from './boot/boot-awk.js';
import { bootFunctions } from './boot/boot-script.js';
import { declaredEditions } from './declared-editions.js';
import { declaredParts } from './declared-script.js';
import { DUMPS_AWK, DUMPS_FUNCTION } from './dumps.js';
import { callOf, firstLine, PROBE_PROTOCOL, SHELL_FUNCTIONS } from './shell.js';
import { DIRECTORIES, MOUNT_PROOFS, getPaths } from './probe-paths.js';
import { wireForm } from './wire-form.js';

function filesOf(section: FileSection): string {
  const paths = FACTS.flatMap((fact) =>
    fact.origin.via !== 'command' && fact.origin.section === section ? getPaths(fact) : [],
  );
  return [...new Set(paths)].map((path) => ` \\\n  ${path}`).join('');
}

const PLACES = [...new Set([...DIRECTORIES, ...MOUNT_PROOFS.map(({ proof }) => proof)])]
  .map((path) => ` \\\n  ${path}`)
  .join('');

const OF_KERNEL = 'sysctl.kernel.';
const [KERNEL_SYSCTLS, OTHER_PARAMETERS] = [true, false].map((isOfKernel) =>
  allowedParameters(FACTS).filter((name) => name.startsWith(OF_KERNEL) === isOfKernel),
);

/**
 * What it complains of is no line of its answer where it fails; it is captured here, since a process less is started so. The front of
 * most names is written once: what is sent has a limit.
 */
const CMDLINE = `  kw_may='${OTHER_PARAMETERS?.join(' ')}'
  for kw_f in ${KERNEL_SYSCTLS?.map((name) => name.slice(OF_KERNEL.length)).join(' ')}; do
    kw_may="$kw_may ${OF_KERNEL}$kw_f"
  done
  kw_m=$(\${kw_exec} awk -v allowed="$kw_may" '${CMDLINE_AWK}' /proc/cmdline 2>&1 </dev/null)
  kw_x=$?
  kw_e=
  test $kw_x = 0 || { kw_e=$kw_m; kw_m=; }
`;

const KTHREAD = "'^[0-9]+ \\((kthreadd|khugepaged)\\) [A-Za-z] [02] '";
export const KTHREADS = `  kw_grep stat -aHE ${KTHREAD}
`;

export const TASKS_SCRIPT = `  for kw_f in /proc/[0-9]*; do
    test -r "$kw_f/status" && continue
    test -d "$kw_f" && echo "hidden $kw_f" && break
  done
  kw_grep status -alE '^State:[[:blank:]]*D'
`;

/**
 * The fixed part of the probe: reads, never writes. Its comments are for whoever reads `kernward collector` before
 * trusting it.
 *
 * Values come from grep, many files to one process: the built-in `read` of dash, ash and mksh takes one byte of a file
 * in /proc/sys. printf is no built-in of mksh. Of /proc/PID it opens `stat` and `status` only, which take no mmap_sem
 * (fs/proc/array.c); everything that does stays closed, and so does every tool that opens it.
 *
 * @param first what comes before the first section
 * @param declared what is asked for beside the catalogue
 */
export function probeFunctions(first = '', declared: readonly FactDefinition[] = []): string {
  const { functions, calls } = declaredParts(
    declared,
    declared.length === 0 ? [] : [...new Set(declaredEditions(declared).values())].sort(),
    CMDLINE_AWK,
  );
  return `kw_files() {
  kw_begin "$1"
  shift
  kw_c=0
  for kw_f in "$@"; do
    if test -e "$kw_f"; then kw_c=$((kw_c + 1)); else echo "kw $kw_n missing $kw_f"; fi
  done
  echo "kw $kw_n there $kw_c"
  kw_run grep -aH '' "$@"
  kw_end
}
# One file of every process; in nine parts where one command cannot take them all.
kw_grep() {
  kw_run grep "$2" "$3" /proc/[0-9]*/$1
  test $kw_x -lt 126 && return
  kw_a=
  kw_m=0
  for kw_f in 1 2 3 4 5 6 7 8 9; do
    kw_run grep "$2" "$3" /proc/$kw_f*/$1
    kw_a=$kw_a$kw_e'
'
    test $kw_x -gt $kw_m && kw_m=$kw_x
  done
  kw_e=$kw_a
  kw_x=$kw_m
}
kw_cmdline() {
${CMDLINE}  kw_tell
}
kw_kthreads() {
${KTHREADS}  kw_end
}
# The same by a process less, where one command can take them all; a few lines, so that what it complains of stands between them.
kw_kthreads_at_once() {
  kw_m=$(\${kw_exec} grep -aHE ${KTHREAD} /proc/[0-9]*/stat 2>&1 </dev/null)
  kw_x=$?
  if test $kw_x -ge 126; then
    kw_counted kw_kthreads
    return
  fi
  kw_a=$kw_m kw_m= kw_e=
  IFS='
'
  set -f
  for kw_f in $kw_a; do
    case $kw_f in
      /*) kw_m="$kw_m$kw_f
" ;;
      *) kw_e="$kw_e$kw_f
" ;;
    esac
  done
  set +f
  unset IFS
  kw_tell
}
kw_tasks() {
${TASKS_SCRIPT}  kw_end
}
${DUMPS_FUNCTION}${functions}${bootFunctions(declared)}kw_probe() {
  kw_guard
  kw_take
${first}  kw_begin places
  for kw_f in${PLACES}; do
    if test -d "$kw_f" && test -x "$kw_f"; then echo "kw $kw_n place search $kw_f"
    elif test -e "$kw_f"; then echo "kw $kw_n place there $kw_f"
    else echo "kw $kw_n place none $kw_f"; fi
  done
  kw_end
  kw_files identity${filesOf('identity')}
  kw_files sysctl${filesOf('sysctl')}
  kw_files sysfs${filesOf('sysfs')}
  # A command line may hold secrets: only these parameters leave the host.
  kw_begin cmdline
  kw_cmdline
  kw_begin machine
  kw_run uname -m
  kw_end
  # To read these the kernel takes a mutex (watchdog_mutex, kexec_mutex).
  kw_files locked${filesOf('locked')}
  # Kernel threads by name; the flags in the same line tell them from processes that only bear the name.
  kw_begin kthreads
  kw_kthreads_at_once
  # Tasks in D state: the paths only. A process whose status may not be read makes the count worthless.
  kw_begin tasks
  kw_counted kw_tasks
  # Crash dumps. Of these files only known words leave the host, of /var/crash only counts; nothing is looked at that may be remote.
  kw_begin dumps
  kw_counted kw_dumps
  # What the next boot will apply.
  kw_begin boot
  kw_boot
${calls}  return 0
}
`;
}

function makeBody(declared: readonly FactDefinition[]): string {
  return `# kernward: read-only probe, protocol ${PROBE_PROTOCOL}. Nothing runs before the last line is read.
${SHELL_FUNCTIONS}${probeFunctions('', declared)}${callOf('kw_probe')}`;
}

const bodyOf = memoize(makeBody);
const NO_FACTS: readonly FactDefinition[] = [];

/** The probe as people read it. Made when it is first asked for: it is the same for every host of a run. */
export function probeBody(declared: readonly FactDefinition[] = NO_FACTS): string {
  return bodyOf(declared);
}

const madeWireBodyOf = memoize((declared: readonly FactDefinition[]) =>
  wireForm(probeBody(declared), [BOOT_AWK, CMDLINE_AWK, DUMPS_AWK]),
);

function wireBodyOf(declared: readonly FactDefinition[]): string {
  return declared.length === 0 ? (BUILT_TEXTS.probeBody ?? madeWireBodyOf(NO_FACTS)) : madeWireBodyOf(declared);
}

/**
 * The whole of what goes to the stdin of `exec sh -s`, in two pieces: the second is the same text for every host of a run.
 *
 * @param nonce 32 lower-case hexadecimal digits, new for each session: what the host cannot guess, it cannot forge
 * @param declared facts that policies declare
 */
export function probePieces(nonce: string, declared: readonly FactDefinition[] = NO_FACTS): readonly string[] {
  return [`${firstLine(nonce)}\n`, wireBodyOf(declared)];
}

/** The same as one text. */
export function probeScript(nonce: string, declared?: readonly FactDefinition[]): string {
  return probePieces(nonce, declared).join('');
}

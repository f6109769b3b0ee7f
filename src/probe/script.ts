import { allowedParameters } from '../facts/cmdline.js';
import type { FileSection } from '../facts/definition.js';
import { FACTS } from '../facts/index.js';
import { DUMPS_SCRIPT } from './dumps.js';
import { DIRECTORIES, MOUNT_PROOFS, pathsOf } from './places.js';

/** Raised when the first line or the frames change, so that a forced command of another version is noticed. */
export const PROBE_PROTOCOL = 1;

const filesOf = (section: FileSection): string => {
  const paths = FACTS.flatMap((fact) => (fact.origin.via !== 'command' && fact.origin.section === section ? pathsOf(fact) : []));
  return [...new Set(paths)].map((path) => ` \\\n    ${path}`).join('');
};

const PLACES = [...new Set([...DIRECTORIES, ...MOUNT_PROOFS.map(({ proof }) => proof)])].map((path) => ` \\\n    ${path}`).join('');

/** Splits the command line as next_arg() in the kernel's lib/cmdline.c does, and prints only what is allowed. */
const CMDLINE_AWK = `
    { text = text $0 " " }
    END {
      count = split(allowed, names, " ")
      for (i = 1; i <= count; i++) may[names[i]] = 1
      size = length(text)
      for (i = 1; i <= size; i++) {
        c = substr(text, i, 1)
        if (c == "\\"") quoted = !quoted
        if (quoted || (c != " " && c != "\\t")) { word = word c; continue }
        if (word == "--") exit
        if (substr(word, 1, 1) == "\\"") { word = substr(word, 2); sub(/"$/, "", word) }
        equals = index(word, "=")
        name = equals ? substr(word, 1, equals - 1) : word
        value = equals ? substr(word, equals + 1) : ""
        if (substr(value, 1, 1) == "\\"") { value = substr(value, 2); sub(/"$/, "", value) }
        gsub(/-/, "_", name)
        if (name ~ /^sysctl/) gsub(/\\//, ".", name)
        if (name in may) print "/proc/cmdline:" name (equals ? "=" value : "")
        word = ""
      }
    }`;

/**
 * The fixed part of the probe: reads, never writes. Its comments are for whoever reads `kernward collector` before
 * trusting it.
 *
 * Values come from grep, many files to one process: the built-in `read` of dash, ash and mksh takes one byte of a file in
 * /proc/sys. printf is no built-in of mksh. Of /proc/PID it opens `stat` and `status` only, which take no mmap_sem
 * (fs/proc/array.c); everything that does stays closed, and so does every tool that opens it.
 */
const makeBody = (): string => `# kernward: read-only probe, protocol ${PROBE_PROTOCOL}. Nothing runs before the last line is read.
set +aefuvxC
unalias -a 2>/dev/null
kw_begin() {
  echo "kw $kw_n begin $1"
  kw_s=$1
}
kw_end() {
  echo "kw $kw_n errors"
  echo "$kw_e"
  echo "kw $kw_n end $kw_s $kw_x"
}
# Runs one command: its output is the section's, what it complains of follows, then its status.
kw_run() {
  { kw_e=$(\${kw_exec} "$@" 2>&1 >&3 3>&- </dev/null); kw_x=$?; } 3>&1
}
kw_files() {
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
kw_probe() {
  unset -f grep awk uname echo test cd read shift shopt 2>/dev/null
  unset IFS GREP_OPTIONS GREP_COLOR GREP_COLORS POSIXLY_CORRECT LANGUAGE
  LC_ALL=C
  PATH=/usr/sbin:/usr/bin:/sbin:/bin:/run/current-system/sw/bin
  export LC_ALL PATH
  # bash alone needs to be told that a subshell of one command is one process; in ksh93 the same word ends the shell.
  kw_exec=
  case \${BASH_VERSION-} in
    ?*)
      kw_exec=exec
      shopt -u failglob nullglob nocaseglob 2>/dev/null
      ;;
  esac
  cd /
  # As a forced command it is started without the first line, and reads it here.
  case \${kw-} in
    '')
      read -r kw
      kw=\${kw#*\\'}
      kw=\${kw%\\'*}
      ;;
  esac
  kw_n=
  case $kw in "kernward ${PROBE_PROTOCOL} "*) kw_n=\${kw#"kernward ${PROBE_PROTOCOL} "} ;; esac
  case $kw_n in
    '' | *[!0-9a-f]*)
      echo 'kernward: this probe speaks protocol ${PROBE_PROTOCOL}' >&2
      exit 2
      ;;
  esac
  kw_e=
  kw_x=0
  echo
  kw_begin places
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
  kw_run awk -v allowed='${allowedParameters(FACTS).join(' ')}' '${CMDLINE_AWK}' /proc/cmdline
  kw_end
  kw_begin machine
  kw_run uname -m
  kw_end
  # To read these the kernel takes a mutex (watchdog_mutex, kexec_mutex).
  kw_files locked${filesOf('locked')}
  # Kernel threads by name; the flags in the same line tell them from processes that only bear the name.
  kw_begin kthreads
  kw_run grep -aHE '^[0-9]+ \\((kthreadd|khugepaged)\\) [A-Za-z] [02] ' /proc/[0-9]*/stat
  kw_end
  # Tasks in D state: the paths only. A process whose status may not be read makes the count worthless.
  kw_begin tasks
  for kw_f in /proc/[0-9]*; do
    test -r "$kw_f/status" && continue
    test -d "$kw_f" && echo "hidden $kw_f" && break
  done
  kw_run grep -alE '^State:[[:blank:]]*D' /proc/[0-9]*/status
  kw_end
${DUMPS_SCRIPT}  exit 0
}
kw_probe
`;

let body: string | undefined;

/** Made when it is first asked for: it is the same for every host. */
export const probeBody = (): string => (body ??= makeBody());

/**
 * The whole of what goes to the stdin of `exec sh -s`.
 *
 * @param nonce 32 lower-case hexadecimal digits, new for each session: what the host cannot guess, it cannot forge
 */
export const probeScript = (nonce: string): string => {
  if (!/^[0-9a-f]{32}$/.test(nonce)) throw new RangeError('a nonce is 32 lower-case hexadecimal digits');
  return `kw='kernward ${PROBE_PROTOCOL} ${nonce}'\n${probeBody()}`;
};

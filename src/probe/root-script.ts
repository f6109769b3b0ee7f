import { KDUMP_CONF, KDUMP_TOOLS, SHOWN_KEYS, SHOWN_WORDS, TARGET_KEYS } from '../facts/kdump-config.js';
import { fnv1a32 } from '../text/fnv1a.js';
import type { RootPart } from '../facts/definition.js';
import { memoize } from '../language/memoize.js';
import { ROOT_SCRIPT_PATH } from './install-paths.js';
import { DUMPS_TESTS, LOCAL } from './dumps.js';
import { PROBE_PROTOCOL } from './shell.js';

/** What begins the first line of its output. */
export const ROOT_GREETING = `kernward-root ${PROBE_PROTOCOL}`;

function either(words: readonly string[]): string {
  return words.join(' | ');
}

/**
 * What is mounted where, in one reading of /proc/mounts: kw_r, kw_v the types of / and /var; kw_o, kw_h, kw_p if it is
 * so.
 */
const MOUNTS = `  kw_r= kw_v= kw_o= kw_h= kw_p=
  while read -r kw_a kw_b kw_c kw_d; do
    case $kw_b in
      /) kw_r=$kw_c ;;
      /var) kw_v=$kw_c ;;
      /var/crash | /var/crash/*) kw_o=own ;;
      /proc) case $kw_d in *hidepid=*) kw_h=hidden ;; *) kw_h= ;; esac ;;
      /sys/fs/pstore) kw_p=mounted ;;
    esac
  done </proc/mounts
`;

/** The same lines as the awk of the probe prints: known words, and ? for every other. */
const CONFIG = `kw_words() {
  kw_o=
  for kw_g in $1; do
    case $kw_g in
      '#'*) break ;;
      ${either(SHOWN_WORDS)}) ;;
      -*) case \${kw_g#-} in '' | *[!A-Za-z-]*) kw_g='?' ;; esac ;;
      /*) case $kw_g in *[!A-Za-z0-9_./-]*) kw_g='?' ;; esac ;;
      *[!0-9,]*) kw_g='?' ;;
    esac
    kw_o="$kw_o $kw_g"
  done
}
kw_tell() {
  case $2 in
    ${either(SHOWN_KEYS)})
      kw_words "$3"
      echo "$1:$2$kw_o"
      ;;
    ${either(TARGET_KEYS)}) case $3 in ?*) echo "$1:$2" ;; esac ;;
  esac
}
kw_conf() {
  while read -r kw_a kw_b || test -n "$kw_a"; do
    kw_tell ${KDUMP_CONF} "$kw_a" "$kw_b"
  done <${KDUMP_CONF}
}
kw_tools() {
  while read -r kw_b || test -n "$kw_b"; do
    kw_a=\${kw_b%%=*}
    case $kw_a in
      "$kw_b") continue ;;
      'export '*) kw_a=\${kw_a##* } ;;
    esac
    kw_b=\${kw_b#*=}
    while :; do
      case $kw_b in *[\\"\\']*) kw_b=\${kw_b%%[\\"\\']*}\${kw_b#*[\\"\\']} ;; *) break ;; esac
    done
    kw_tell ${KDUMP_TOOLS} "$kw_a" "$kw_b"
  done <${KDUMP_TOOLS}
}
`;

const DUMPS = `  case ' ${LOCAL.join(' ')} ' in *" \${kw_v:-$kw_r} "*) kw_m='crash local' ;; *) kw_m= ;; esac
  case $kw_o in own) kw_m= ;; esac
${DUMPS_TESTS}  set -f
  test -r ${KDUMP_CONF} && kw_conf
  test -r ${KDUMP_TOOLS} && kw_tools
  set +f
  echo "$kw_m"
`;

/**
 * Looked at only where the login cannot: as many reads as there are processes. The first three lines of status have the
 * name and the state.
 */
const TASKS = `    for kw_f in /proc/[0-9]*; do
      kw_a= kw_b= kw_c=
      { read -r kw_a; read -r kw_b; read -r kw_c; } 2>/dev/null <"$kw_f/status"
      case "$kw_b $kw_c" in *State:?D*) kw_t="$kw_t$kw_f/status
" ;; esac
      case $kw_a in
        Name:?kthreadd | Name:?khugepaged)
          kw_a=
          { read -r kw_a; } 2>/dev/null <"$kw_f/stat"
          echo "$kw_f/stat:$kw_a"
          ;;
      esac
    done
`;

const PSTORE = `  if test -e /sys/fs/pstore; then
    case $kw_p in
      mounted)
        if test -r /sys/fs/pstore && test -x /sys/fs/pstore; then
          kw_a=0
          for kw_f in /sys/fs/pstore/dmesg-*; do test -f "$kw_f" && kw_a=$((kw_a + 1)); done
          echo "pstore $kw_a"
        else echo 'pstore denied'; fi
        ;;
      *) echo 'pstore unmounted' ;;
    esac
  elif test -x /sys/fs; then echo 'pstore none'
  else echo 'pstore denied'; fi
`;

/** Which edition of each part this is, so that an older script's answer is not taken for this one's. */
export const ROOT_EDITIONS: Readonly<Record<RootPart, string>> = {
  dumps: fnv1a32(MOUNTS + CONFIG + DUMPS),
  kthreads: fnv1a32(TASKS),
  tasks: fnv1a32(TASKS),
  pstore: fnv1a32(MOUNTS + PSTORE),
};

function makeScript(): string {
  return `#!/bin/sh
# kernward: what only root may read of a host, protocol ${PROBE_PROTOCOL}. Install it as ${ROOT_SCRIPT_PATH}, owner root, mode 755;
# kernward collector --sudoers prints the lines that let an account run it, and nothing else, as root.
#
# It takes no argument and no input, reads, never writes, and starts no other program: the shell does it all. It looks at
# the settings of kdump (only known words are printed), counts the dumps in /var/crash where that is on a local disk and the
# files dmesg-* in /sys/fs/pstore, and, only where /proc hides processes (hidepid), looks for kthreadd, khugepaged and
# processes in D state.
set +aefuvxC
unset -f unalias 2>/dev/null
unalias -a 2>/dev/null
${CONFIG}kw_root() {
  unset -f echo test read cd 2>/dev/null
  unset IFS
  LC_ALL=C
  cd /
${MOUNTS}  echo '${ROOT_GREETING} ${Object.entries(ROOT_EDITIONS)
    .map((entry) => entry.join(':'))
    .join(' ')}'
  echo 'part dumps'
${DUMPS}  echo 'part pstore'
${PSTORE}  kw_t=
  case $kw_h in hidden)
    echo 'part kthreads'
${TASKS}    echo 'part tasks'
    echo "$kw_t"
    ;;
  esac
  exit 0
}
kw_root
`;
}

/** As it is installed. Made when it is first asked for. */
export const rootScript = memoize(makeScript);

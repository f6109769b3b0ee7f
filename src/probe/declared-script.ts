import type { FactDefinition } from '../facts/definition.js';
import { meets } from '../facts/declared/may-be-read.js';
import { SECRET_NAMES } from '../facts/declared/readable-paths.js';
import { getParent, getPaths, MOUNT_PROOFS } from './probe-paths.js';

/** How many files are read for declared facts on one host, at most; a pattern that would go beyond is told and not read. */
export const MAX_FILES = 1024;
/** Lines of one file, and, of a file below /etc, blocks of 512 bytes. */
export const MAX_LINES = 512;
const MAX_BLOCKS = 128;

function isEtc(path: string): boolean {
  return path.startsWith('/etc/');
}
function lines(paths: readonly string[]): string {
  return paths.map((path) => ` \\\n    ${path}`).join('');
}

/** Directories whose state says whether a file is absent, without a star: no shell expands them. */
function placesOf(paths: readonly string[]): readonly string[] {
  const directories = new Set<string>();
  for (const path of paths)
    for (let parent = getParent(path); parent !== undefined; parent = getParent(parent))
      if (!parent.includes('*')) directories.add(parent);
  const proofs = MOUNT_PROOFS.filter(({ below }) => paths.some((path) => path.startsWith(`${below}/`)));
  return [...new Set([...directories, ...proofs.map(({ proof }) => proof)])].sort();
}

const SOME = `# What a pattern matches: how many files, or why they are not read.
kw_some() {
  kw_a=$1
  shift
  case $1 in
    "$kw_a")
      test -e "$1" || {
        echo "missing $kw_a"
        return 1
      }
      ;;
  esac
  for kw_f in "$@"; do
    case $kw_f in *[!A-Za-z0-9_.+@/-]*)
      echo "odd $kw_a"
      return 1
      ;;
    esac
  done
  kw_t=$((kw_t + $#))
  if test $kw_t -gt ${MAX_FILES}; then
    kw_t=$((kw_t - $#))
    echo "many $kw_a"
    return 1
  fi
  echo "matched $# $kw_a"
}
# Adds files that no other pattern matches; and those that another may match too, once.
kw_all() {
  kw_u="$kw_u$* "
}
kw_once() {
  for kw_f in "$@"; do
    case $kw_u in *" $kw_f "*) ;; *) kw_u="$kw_u$kw_f " ;; esac
  done
}
`;

/** `*_key` as a pattern that matches whatever the case of its letters is. */
function anyCase(pattern: string): string {
  return pattern.replace(/[a-z]/g, (letter) => `[${letter.toUpperCase()}${letter}]`);
}

/** A link may lead anywhere, a pipe blocks, and a name may say that there is a secret behind it. */
const PLAIN = `# Of files below /etc only those that are plain, not named like a secret, and reached through no link.
kw_plain() {
  for kw_f in "$@"; do
    case \${kw_f##*/} in
      ${SECRET_NAMES.map(anyCase).join(' | ')})
        echo "refused $kw_f"
        continue
        ;;
    esac
    kw_p=$kw_f
    while test "$kw_p" != /etc && test ! -h "$kw_p"; do kw_p=\${kw_p%/*}; done
    if test "$kw_p" != /etc || test ! -f "$kw_f"; then echo "refused $kw_f"; else
      case $kw_l in *" $kw_f "*) ;; *) kw_l="$kw_l$kw_f " ;; esac
    fi
  done
}
`;

const SMALL = `  kw_b=' '
  case $kw_l in
    *[!\\ ]*)
      for kw_f in $(\${kw_exec} find $kw_l -prune -type f -size -${MAX_BLOCKS + 1} -print 2>/dev/null); do
        kw_b="$kw_b$kw_f "
      done
      for kw_f in $kw_l; do
        case $kw_b in *" $kw_f "*) ;; *) echo "large $kw_f" ;; esac
      done
      kw_u=$kw_u$kw_b
      ;;
  esac
`;

function declaredFunction(facts: readonly FactDefinition[], editions: readonly string[]): string {
  const paths = [...new Set(facts.flatMap(getPaths))];
  const ofEtc = paths.filter(isEtc);
  const others = paths.filter((path) => !isEtc(path));
  const patterns = others.filter((path) => path.includes('*'));
  // A file that is read twice would give each of its lines twice.
  const isShared = (path: string): boolean => patterns.some((pattern) => pattern !== path && meets(pattern, path));
  const plain = others.filter((path) => !path.includes('*') && !isShared(path));
  const some = others.filter((path) => !plain.includes(path));
  return `${some.length + ofEtc.length > 0 ? SOME : ''}${ofEtc.length > 0 ? PLAIN : ''}kw_declared() {
  echo 'asked ${editions.join(' ')}'
  kw_t=${plain.length}
  kw_l=' '
  kw_u=' '
  for kw_f in${lines(placesOf(paths))}; do
    if test -d "$kw_f" && test -x "$kw_f"; then
      echo "place search $kw_f"
      test -r "$kw_f" && echo "listable $kw_f"
    elif test -e "$kw_f"; then echo "place there $kw_f"
    else echo "place none $kw_f"; fi
  done
  set --${lines(plain)}
  for kw_f in "$@"; do
    if test -e "$kw_f"; then echo "matched 1 $kw_f"; else echo "missing $kw_f"; fi
  done
${some.map((path) => `  kw_some '${path}' ${path} && kw_${isShared(path) ? 'once' : 'all'} ${path}\n`).join('')}${ofEtc
    .map((path) => `  kw_some '${path}' ${path} && kw_plain ${path}\n`)
    .join('')}${ofEtc.length > 0 ? SMALL : ''}  kw_run grep -aHm ${MAX_LINES + 1} '' "$@" $kw_u
  kw_end
}
`;
}

/** The names stand where NAMES is; letters, digits and _. */
export const KCONFIG = `  kw_a= kw_b= kw_r= kw_m=
  { read -r kw_a kw_b kw_r kw_c; } 2>/dev/null </proc/version
  case $kw_r in *[!A-Za-z0-9_.+~-]*) kw_r= ;; esac
  if test -r /proc/config.gz; then
    echo 'from /proc/config.gz'
    gzip -dc /proc/config.gz 2>/dev/null </dev/null | grep -aE "$kw_w"
    kw_x=$?
    kw_e=
  else
    for kw_f in "/boot/config-$kw_r" "/lib/modules/$kw_r/config" "/usr/lib/modules/$kw_r/config"; do
      test -r "$kw_f" && kw_m=$kw_f && break
      test -e "$kw_f" && echo "denied $kw_f"
    done
    case $kw_m in
      ?*)
        echo "from $kw_m"
        kw_run grep -aE "$kw_w" "$kw_m"
        ;;
    esac
  fi
`;

function kconfigFunction(options: readonly string[]): string {
  const names = options.join('|');
  return `kw_kconfig() {
  kw_w='^((${names})=|# (${names}) is not set$|# .*Kernel Configuration$)'
${KCONFIG}  kw_end
}
`;
}

/** The names that the facts of a section ask for. */
function asked(facts: readonly FactDefinition[], section: 'parameters' | 'kconfig'): readonly string[] {
  return [
    ...new Set(
      facts.flatMap(({ origin }) =>
        origin.via === 'command' && origin.sections.includes(section) ? (origin.asks ?? []) : [],
      ),
    ),
  ].sort();
}

/** What the probe asks for facts that policies declare: functions, and the lines that run them. Empty without such facts. */
export interface DeclaredParts {
  readonly functions: string;
  readonly calls: string;
}

/**
 * A file of the list and a name from the command line can do no more than be read: paths and names are plain by the time
 * they come here (`facts/declared/may-be-read.ts`), and that is checked once more.
 *
 * @param cmdlineAwk what splits the kernel's command line
 * @throws RangeError where a path or name is not plain: a bug of ours
 */
export function declaredParts(
  facts: readonly FactDefinition[],
  editions: readonly string[],
  cmdlineAwk: string,
): DeclaredParts {
  if (facts.length === 0) return { functions: '', calls: '' };
  const parameters = asked(facts, 'parameters');
  const options = asked(facts, 'kconfig');
  for (const path of facts.flatMap(getPaths))
    if (!/^(?:\/[A-Za-z0-9_+@*-][A-Za-z0-9_.+@*-]*)+$/.test(path)) throw new RangeError(`${path} is no plain path`);
  for (const name of [...parameters, ...options])
    if (!/^[A-Za-z0-9_.]+$/.test(name)) throw new RangeError(`${name} is no plain name`);
  const functions = [declaredFunction(facts, editions)];
  const calls = [
    `  # What policies declare, after everything else: what takes its time here takes it from nothing else.
  kw_begin declared
  kw_counted kw_declared
`,
  ];
  if (parameters.length > 0) {
    functions.push(`kw_parameters() {
  kw_run awk -v allowed='${parameters.join(' ')}' '${cmdlineAwk}' /proc/cmdline
  kw_end
}
`);
    calls.push('  kw_begin parameters\n  kw_counted kw_parameters\n');
  }
  if (options.length > 0) {
    functions.push(kconfigFunction(options));
    calls.push('  kw_begin kconfig\n  kw_counted kw_kconfig\n');
  }
  return { functions: functions.join(''), calls: calls.join('') };
}

import { memoize } from '../language/memoize.js';
import { CHANGELOG_AWK } from './changelog-awk.js';
import { callOf, firstLine, PROBE_PROTOCOL, SHELL_FUNCTIONS, TAKE_WORDS } from './shell.js';
import { wireForm } from './wire-form.js';

/** A commit to look for. */
export interface Wanted {
  /** The id of a known fix. */
  readonly id: string;
  /** The subject of its commit in the main line. */
  readonly subject: string;
}

function letters(text: string): string {
  return text.replace(/[^A-Za-z0-9]+/g, '');
}

/**
 * A subject without its first component is looked for in reverts, if what is left still says something. A fix that is a
 * revert itself is looked for as a whole: the change that it takes back is no revert of it.
 */
const SHORTEST = 16;

function wordsOf({ id, subject }: Wanted): string {
  const key = letters(subject);
  const short = subject.startsWith('Revert "') ? key : letters(subject.slice(subject.indexOf(':') + 1));
  if (!/^[a-z][a-z0-9-]*$/.test(id) || key.length < SHORTEST)
    throw new RangeError(`${id} cannot be looked for: ${subject}`);
  return `${id}:${key}:${short.length < SHORTEST ? key : short}`;
}

/**
 * Where a kernel's package of Debian or Ubuntu may have its changelog; linux-image of Ubuntu has one that names no fix.
 */
const DEBIAN_PACKAGES = [
  'linux-modules-$kw_r',
  'linux-image-unsigned-$kw_r',
  'linux-image-$kw_r-unsigned',
  'linux-image-$kw_r',
];
/** Debian's signed images are native packages, whose changelog has the shorter name. */
const DEBIAN_FILES = ['changelog.Debian.gz', 'changelog.gz'];

/** A file of the running kernel, by which rpm finds its package. /boot may be closed to the login. */
const RPM_FILES = [
  '/usr/lib/modules/$kw_r/vmlinuz',
  '/lib/modules/$kw_r/vmlinuz',
  '/boot/vmlinuz-$kw_r',
  '/boot/Image-$kw_r',
  '/boot/image-$kw_r',
  '/boot/vmlinux-$kw_r',
  '/lib/modules/$kw_r/modules.builtin',
];
const RPM_KERNELS = [
  'kernel',
  'kernel-core',
  'kernel-rt-core',
  'kernel-64k-core',
  'kernel-default',
  'kernel-azure',
  'kernel-preempt',
];

function list(paths: readonly string[]): string {
  return paths.map((path) => ` \\\n      "${path}"`).join('');
}

/**
 * Longer than any changelog seen (Debian 12: 3.7 MB). What lies beyond is not read: it is older, and its absence proves
 * nothing.
 */
const MOST_BYTES = 32 * 1024 * 1024;

/**
 * The fixed part of the package script: which kernels are installed, and what the changelog of the running one's
 * package says of some fixes. Reads, never writes; what rpm does to lock its own database is rpm's, and only as root.
 *
 * The changelog (3 MB, 60,000 lines on a Debian 12) is searched where it is. Of the shell's redirections one is of this
 * script alone: what `command -v` prints goes nowhere.
 */
export function packagesFunctions(): string {
  return `kw_none() {
  echo "none $1"
}
kw_has() {
  command -v "$1" >/dev/null 2>&1
}
kw_search() {
  "$@" | head -c ${MOST_BYTES} | awk -v kind="$kw_k" -v wanted="$kw_w" '${CHANGELOG_AWK}'
}
kw_installed() {
  case $kw_k in
    deb) kw_run dpkg-query -W -f 'dpkg \${Status} \${Package} \${Version}\\n' 'linux-image-*' ;;
    rpm) kw_run "$kw_rpm" -q --qf 'rpm %{NAME} %{VERSION}-%{RELEASE} %{ARCH}\\n' ${RPM_KERNELS.join(' ')} ;;
    *) kw_none manager ;;
  esac
}
kw_changelog() {
  kw_e=
  kw_x=0
  case $kw_w in '') kw_none asked; return ;; esac
  case $kw_k in '') kw_none manager; return ;; esac
  kw_r=$(grep -a '' /proc/sys/kernel/osrelease 2>/dev/null)
  case $kw_r in '' | .* | *[!A-Za-z0-9._+~-]*) kw_none release; return ;; esac
  kw_f=
  case $kw_k in
    deb)
      for kw_c in${list(DEBIAN_PACKAGES.flatMap((name) => DEBIAN_FILES.map((file) => `/usr/share/doc/${name}/${file}`)))}; do
        test -r "$kw_c" && kw_f=$kw_c && break
      done
      ;;
    rpm)
      for kw_c in${list(RPM_FILES)}; do
        test -e "$kw_c" && kw_f=$kw_c && break
      done
      ;;
  esac
  case $kw_f in '') kw_none file; return ;; esac
  # A function, which exec cannot run.
  kw_exec=
  case $kw_k in
    deb)
      if kw_has gzip; then kw_run kw_search gzip -dc "$kw_f"
      elif kw_has zcat; then kw_run kw_search zcat "$kw_f"
      else kw_none gzip; fi
      ;;
    rpm) kw_run kw_search "$kw_rpm" -q --qf '@kw package %{NAME} %{VERSION}-%{RELEASE}\\n[@kw stanza %{CHANGELOGNAME}\\n%{CHANGELOGTEXT}\\n]' -f "$kw_f" ;;
  esac
}
kw_packages() {
  kw_guard
  unset -f gzip zcat head rpm command 2>/dev/null
  unset GZIP DPKG_ROOT DPKG_ADMINDIR
  kw_take packages
  kw_k=
  if test -s /var/lib/dpkg/status; then kw_k=deb
  else
    # By its path: busybox has an rpm of its own, which reads packages and no database.
    for kw_rpm in /usr/bin/rpm /bin/rpm; do
      test -x "$kw_rpm" && kw_k=rpm && break
    done
  fi
  kw_begin installed
  kw_installed
  kw_end
  kw_begin changelog
  kw_changelog
  kw_end
  return 0
}
`;
}

function makeBody(): string {
  return `# kernward: second look, at kernel packages; read-only, protocol ${PROBE_PROTOCOL}. Nothing runs before the last line is read.
${SHELL_FUNCTIONS}${TAKE_WORDS}${packagesFunctions()}${callOf('kw_packages')}`;
}

/** As people read it. Made when it is first asked for: it is the same for every host. */
export const packagesBody = memoize(makeBody);
const wireBody = memoize(() => wireForm(packagesBody(), [CHANGELOG_AWK]));

/**
 * The package script as it goes to the stdin of `exec sh -s`, in two pieces: the second is the same text for every host.
 *
 * @param nonce 32 lower-case hexadecimal digits, another than the probe's
 * @param wanted fixes to look for in the changelog; none: the changelog is left alone
 */
export function packagesPieces(nonce: string, wanted: readonly Wanted[]): readonly string[] {
  return [`${firstLine(nonce, 'packages', wanted.map(wordsOf).join(' '))}\n`, wireBody()];
}

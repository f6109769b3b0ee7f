import type { FactDefinition } from '../../facts/definition.js';
import { FACTS } from '../../facts/index.js';
import {
  BOOT_ENTRIES,
  EFI_DIRECTORY,
  EFI_VARIABLES,
  ESP_MOUNTS,
  EXTLINUX_DIRECTORIES,
  GRUB_DEFAULTS,
  GRUB_DEFAULTS_DIRECTORY,
  GRUB_READ,
  KERNEL_CMDLINE,
  KERNEL_SYSCTLS,
  LATER_DIRECTORIES,
  LATER_FILES,
  LOADER_GUID,
  MODULE_PARAMETER,
  OTHER_LOADERS,
  PACKAGED_UNITS,
  RC_LOCALS,
  STAGED,
  SYSCTL_CONF,
  SYSFS_CONF,
  SYSFS_DIRECTORY,
  TUNED_ACTIVE,
  TUNED_DIRECTORIES,
  TUNED_LAST,
  TUNED_MAIN,
  TUNED_MODE,
  UNIT_DIRECTORY,
} from '../../facts/boot-files.js';
import { BOOT_AWK } from './boot-awk.js';
import { LOCAL } from '../dumps.js';

/** Files that are looked at, at most; a directory that would go beyond is told and not read. */
const MOST_FILES = 1000;
/** What one line without an end may take of the host's memory; then the section has no end, and nothing is known. */
const MOST_MEMORY_KIB = 131_072;
/** Lines of /proc/mounts that are looked at: what a machine boots from is mounted before its containers are. */
const MOST_MOUNTS = 256;

/** `panic` of `sysctl.kernel.panic`: the last part of each name that a file may set. */
export function settingNames(): readonly string[] {
  return [
    ...new Set(FACTS.flatMap(({ id }) => (id.startsWith('sysctl.') ? [id.slice(id.lastIndexOf('.') + 1)] : []))),
  ].sort();
}

function pathsOf({ origin }: FactDefinition): readonly string[] {
  return origin.via === 'file' ? origin.paths : [];
}

/** `nvme_core.io_timeout`: parameters of modules, as /sys/module has them. */
function moduleParameters(facts: readonly FactDefinition[]): readonly string[] {
  const names = facts.flatMap(pathsOf).flatMap((path) => {
    const [, module, name] = MODULE_PARAMETER.exec(path) ?? [];
    return module === undefined || name === undefined || module === 'kernel' ? [] : [`${module}.${name}`];
  });
  return [...new Set(names)].sort();
}

/** The same of files that policies declare, as far as they are not among those; words of letters, digits, _ and -. */
function declaredNames(declared: readonly FactDefinition[]): readonly string[] {
  const known = new Set(settingNames());
  const names = declared
    .flatMap(pathsOf)
    .flatMap((path) => (/^\/(?:proc\/sys|sys)\//.test(path) ? [path.slice(path.lastIndexOf('/') + 1)] : []));
  return [...new Set(names)].filter((name) => !known.has(name) && /^[A-Za-z0-9_-]{1,64}$/.test(name)).sort();
}

/** Kernels that are told, and configurations of theirs that are read, beside that of the one that runs. */
const MOST_KERNELS = 32;
const MOST_CONFIGS = 6;
const KERNELS = ['/boot/vmlinuz-*', '/boot/vmlinux-*', '/boot/Image-*', '/boot/image-*'];

const MAY_BE_REMOTE = ['/etc', '/usr', '/usr/local', '/usr/local/lib', '/usr/lib', '/lib', '/run', '/boot'];

function words(list: readonly string[]): string {
  return list.join(' ');
}

/**
 * The section `boot`: what the machine will apply at its next boot. Only regular files are opened, the first lines of each, and
 * nothing is looked at below a mount that is not known to be local (`kw_look`). Links are followed wherever they lead: where one of them
 * ends takes a process to ask. Of the command line it takes what `kw_cmdline` knows (`kw_may`).
 */
export function bootFunctions(declared: readonly FactDefinition[] = []): string {
  const asked = declaredNames(declared);
  const parameters = moduleParameters([...FACTS, ...declared]);
  return `kw_say() {
  kw_b="$kw_b$1
"
}
kw_want() {
  case $1 in *[!A-Za-z0-9_.+@/-]*)
    kw_say "strange \${1%/*}"
    return
    ;;
  esac
  if test -f "$1"; then
    if test -r "$1"; then kw_l="$kw_l$1 "; else kw_say "denied $1"; fi
  elif test -c "$1" || test -b "$1"; then kw_say "null $1"
  elif test -e "$1" || test -h "$1"; then kw_say "odd $1"
  fi
}
# Whether a path can be looked at: what is not there, and what may not be seen, is told.
kw_look() {
  kw_p=$1
  while :; do
    case $kw_r in *" $kw_p "*)
      kw_say "remote $1"
      return 1
      ;;
    esac
    case $kw_p in /*/*) kw_p=\${kw_p%/*} ;; *) break ;; esac
  done
  test -e "$1" && return 0
  kw_p=$1
  until test -e "$kw_p"; do kw_p=\${kw_p%/*}; kw_p=\${kw_p:-/}; done
  test -x "$kw_p" || kw_say "denied $1"
  return 1
}
# The same to list it.
kw_open() {
  kw_look "$1" || return
  test -r "$1" && test -x "$1" && return
  kw_say "denied $1"
  return 1
}
# Whether one more file may be looked at.
kw_room() {
  kw_t=$((kw_t + 1))
  test $kw_t -le ${MOST_FILES} && return
  kw_say "many $1"
  return 1
}
kw_list() {
  kw_open "$1" || return
  for kw_f in "$1"/*$2 "$1"/.*$2; do
    test -e "$kw_f" || test -h "$kw_f" || continue
    kw_room "$1" || return
    kw_want "$kw_f"
  done
}
kw_boot() {
  kw_b= kw_l= kw_m= kw_t=0 kw_c=0
  kw_r=' '
  while read -r kw_a kw_f kw_p kw_d; do
    kw_c=$((kw_c + 1))
    test $kw_c -gt ${MOST_MOUNTS} && break
    case $kw_f in / | ${MAY_BE_REMOTE.join(' | ')} | ${BOOT_ENTRIES.replace('/entries', '')} | /efi | /boot/efi) ;; *) continue ;; esac
    # What is written there and is gone after a boot.
    case $kw_f,$kw_p,$kw_d in /,[tr]?[pm]fs,* | /etc,[tr]?[pm]fs,* | *,*upperdir=/[trd][mue][pnv]/* | *,*upperdir=/var/tmp/*) kw_b="\${kw_b}volatile $kw_f
" ;; esac
    case $kw_p in
      ${[...LOCAL, 'vfat', 'overlay', 'squashfs', 'erofs', 'ramfs'].join(' | ')}) case $kw_r in *" $kw_f "*) kw_r="\${kw_r%%" $kw_f "*} \${kw_r#*" $kw_f "}" ;; esac ;;
      *) kw_r="$kw_r$kw_f " ;;
    esac
  done </proc/mounts 2>/dev/null
  case $kw_r in *' /usr '* | *' /usr/lib '*) test -h /lib && kw_r="$kw_r/lib " ;; esac
${
  asked.length === 0
    ? ''
    : `  kw_b="\${kw_b}asked ${words(asked)}
"
`
}  test -d /run/systemd/system && kw_say systemd
  test -x /usr/lib/systemd/systemd-sysctl || test -x /lib/systemd/systemd-sysctl && kw_say 'program systemd-sysctl'
  for kw_f in ${words(STAGED)}; do test -e "$kw_f" && kw_say "staged $kw_f"; done
  # Debian without systemd: the link is there with systemd too, and then it is not what applies them.
  for kw_f in /etc/rcS.d/S[0-9][0-9]procps; do test -x "$kw_f" && kw_say 'program procps'; done
  kw_a=${UNIT_DIRECTORY}
  test -c $kw_a/systemd-sysctl.service && kw_say 'masked systemd-sysctl'
  # tuned, and what starts a kubelet.
  for kw_f in $kw_a/*.target.wants/*.service; do
    kw_p=\${kw_f##*/}
    case $kw_p in
      *[!a-z0-9.-]*) ;;
      tuned.* | kubelet.* | k3s* | rke2-* | k0s* | snap.microk8s.daemon-kubel* | microshift.*) test -h "$kw_f" && kw_say "enabled \${kw_p%.service}" ;;
    esac
  done
  # An init script, of which systemd makes a service.
  for kw_f in /etc/rc[2-5].d/S[0-9][0-9]sysfsutils; do
    test -x "$kw_f" && { test -c $kw_a/sysfsutils.service || kw_say 'enabled sysfsutils'; }
  done
  # Which are modules: a part of the kernel has no such file.
  for kw_f in ${words([...new Set(parameters.map((name) => name.replace(/\..*$/, '')))])}; do test -e /sys/module/$kw_f/initstate && kw_m="$kw_m $kw_f"; done
  kw_say "loaded$kw_m"
  for kw_a in /etc /run /usr/local/lib /usr/lib /lib; do
    case $kw_a in /lib) test -h /lib && continue ;; esac
    for kw_d in sysctl modprobe tmpfiles; do kw_list $kw_a/$kw_d.d .conf; done
    kw_list $kw_a/udev/rules.d .rules
  done
  kw_m=
  for kw_f in grubenv grub.cfg ${words(GRUB_READ)}; do kw_m="$kw_m /boot/grub/$kw_f /boot/grub2/$kw_f"; done
  for kw_f in ${words([SYSCTL_CONF, SYSFS_CONF, TUNED_ACTIVE, TUNED_MODE, TUNED_LAST, TUNED_MAIN, GRUB_DEFAULTS, KERNEL_CMDLINE, '/boot/extlinux.conf', ...LATER_FILES])} \${kw_m}; do
    kw_look "$kw_f" && kw_want "$kw_f"
  done
  # -x says of root alone what root may run.
  for kw_f in ${words(RC_LOCALS)}; do
    test -x "$kw_f" || test ! -r /proc/kmsg && kw_want "$kw_f"
  done
  for kw_d in ${words(LATER_DIRECTORIES)}; do
    kw_look $kw_d && for kw_f in $kw_d/*; do
      test -f "$kw_f" && { kw_room $kw_d || break; } && kw_want "$kw_f"
    done
  done
  kw_list ${SYSFS_DIRECTORY} .conf
  kw_list ${GRUB_DEFAULTS_DIRECTORY} .cfg
  kw_list ${BOOT_ENTRIES} .conf
  for kw_d in ${words(EXTLINUX_DIRECTORIES)}; do
    kw_list "$kw_d" .conf
    kw_list "$kw_d" .cfg
  done
  for kw_f in ${words(OTHER_LOADERS)}; do test -e $kw_f && kw_say "loader $kw_f"; done
  # What systemd-boot has in the firmware, LoaderEntries first, by name alone: to read a variable calls the firmware, which stops the processor.
  kw_m=
  for kw_f in ${words(EFI_VARIABLES)}; do
    case $kw_m$kw_f in LoaderEntry*) continue ;; esac
    test -e ${EFI_DIRECTORY}/$kw_f-${LOADER_GUID} && kw_say "firmware $kw_f" && kw_m=$kw_m$kw_f
  done
  for kw_d in ${words(ESP_MOUNTS)}; do
    kw_open $kw_d/EFI/Linux && for kw_f in $kw_d/EFI/Linux/*.[eE][fF][iI]; do
      test -e "$kw_f" && kw_say "unified $kw_d/EFI/Linux" && break
    done
    case $kw_m in LoaderEntries*)
      test $kw_d = /boot || kw_list $kw_d/loader/entries .conf
      kw_look $kw_d/loader/loader.conf && kw_want $kw_d/loader/loader.conf
      ;;
    esac
  done
  if kw_open /boot; then
    kw_c=0
    for kw_f in ${KERNELS.join(' ')}; do
      test -e "$kw_f" || continue
      kw_a=\${kw_f#/boot/*-}
      case $kw_a in '' | *[!A-Za-z0-9_.+~-]*) continue ;; esac
      kw_c=$((kw_c + 1))
      test $kw_c -gt ${MOST_KERNELS} && break
      kw_say "kernel $kw_a"
      if test $kw_c -le ${MOST_CONFIGS}; then
        for kw_d in /boot/config-$kw_a /lib/modules/$kw_a/config; do
          kw_look "$kw_d" && kw_want "$kw_d" && break
        done
      fi
    done
    test $kw_c -le ${MOST_KERNELS} && kw_say 'listed /boot'
    for kw_f in ${Object.values(KERNEL_SYSCTLS)
      .map((path) => path('*'))
      .join(' ')}; do test -e "$kw_f" && kw_want "$kw_f"; done
  fi
  for kw_d in ${words(TUNED_DIRECTORIES)}; do
    kw_look "$kw_d" && for kw_f in "$kw_d"/*/tuned.conf; do test -e "$kw_f" && kw_want "$kw_f"; done
  done
  test ${TUNED_ACTIVE} -nt ${TUNED_MODE} && kw_say 'newer ${TUNED_ACTIVE}'
  kw_a= kw_c= kw_f=
  { read -r kw_a kw_c kw_f kw_d; } 2>/dev/null </proc/version
  case $kw_f in *[!A-Za-z0-9_.+~-]* | '') ;; *)
    kw_a=/lib/modules/$kw_f
    for kw_d in $kw_a/modules.builtin "/boot/config-$kw_f"; do
      kw_look "$kw_d" && kw_want "$kw_d"
    done
    if test ! -e "$kw_d"; then
      if kw_look $kw_a/config; then kw_want $kw_a/config
      elif test -r /proc/config.gz; then kw_l="$kw_l/proc/config.gz "; fi
    fi
    ;;
  esac
  kw_a=${UNIT_DIRECTORY}
  kw_list $kw_a .service
  for kw_f in $kw_a/*.service.d/*.conf; do test -e "$kw_f" && { kw_room $kw_a || break; } && kw_want "$kw_f"; done
  kw_m=
  for kw_d in ${words(PACKAGED_UNITS)}; do kw_open $kw_d && kw_m="$kw_m $kw_d"; done
  # Of units of packages those that start at boot, and no unit of /etc hides.
  for kw_d in $kw_a \${kw_m}; do
    for kw_f in $kw_d/*.wants $kw_d/*.requires; do
      kw_open "$kw_f" && for kw_f in "$kw_f"/*.service; do
        kw_c=\${kw_f##*/}
        case $kw_c in *@?*.service) kw_c=\${kw_c%%@*}@.service ;; esac
        test -e "$kw_f" && test ! -e "$kw_a/$kw_c" && for kw_p in \${kw_m}; do
          test -f "$kw_p/$kw_c" || continue
          kw_room $kw_p || break 4
          kw_want "$kw_p/$kw_c"
          for kw_f in "$kw_p/$kw_c.d"/*.conf; do test -e "$kw_f" && { kw_room $kw_p || break 5; } && kw_want "$kw_f"; done
          break
        done
      done
    done
  done
  kw_x=0
  case $kw_l in
    ?*)
      # This subshell is of two commands: mksh has to be told as well that it is one process.
      kw_x=$kw_exec
      case \${KSH_VERSION-} in *MIRBSD*) kw_x=exec ;; esac
      kw_m=$(ulimit -S -v ${MOST_MEMORY_KIB} 2>/dev/null; \${kw_x} awk -v keys='${words(asked)}' -v allowed="$kw_may${['', ...moduleParameters(declared)].join(' ')}" -v tuned='${words(TUNED_DIRECTORIES)}' -v modules='${words(parameters)}' '${BOOT_AWK}' $kw_l 2>/dev/null </dev/null)
      kw_x=$?
      ;;
    *) kw_m=end ;;
  esac
  kw_e=
  kw_m=$kw_b$kw_m
  kw_tell
}
`;
}

import type { FactDefinition } from '../../facts/definition.js';
import { FACTS } from '../../facts/index.js';
import {
  BOOT_ENTRIES,
  EFI_DIRECTORY,
  EFI_VARIABLES,
  ESP_MOUNTS,
  EXTLINUX_DIRECTORIES,
  GRUB_CFGS,
  GRUB_DEFAULTS,
  GRUB_DEFAULTS_DIRECTORY,
  GRUB_ENVS,
  KERNEL_CMDLINE,
  KERNEL_SYSCTLS,
  LOADER_GUID,
  MODPROBE_DIRECTORIES,
  MODULE_PARAMETER,
  PACKAGED_UNITS,
  RC_LOCALS,
  STAGED,
  SYSCTL_CONF,
  SYSCTL_DIRECTORIES,
  SYSFS_CONF,
  SYSFS_DIRECTORY,
  TMPFILES_DIRECTORIES,
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

const MAY_BE_REMOTE = ['/etc', '/usr', '/usr/local', '/usr/local/lib', '/usr/lib', '/run', '/boot'];

function words(list: readonly string[]): string {
  return list.join(' ');
}

/**
 * The section `boot`: what the machine will apply at its next boot. Only regular files are opened, the first lines of each, and
 * nothing that `kw_look` is asked of below a mount that is not known to be local: links are followed wherever they lead, and units
 * of packages and /lib/modules are looked at without asking. Of the command line it takes what `kw_cmdline` knows (`kw_may`).
 */
export function bootFunctions(declared: readonly FactDefinition[] = []): string {
  const asked = declaredNames(declared);
  return `kw_want() {
  case $1 in *[!A-Za-z0-9_.+@/-]*)
    kw_b="\${kw_b}strange \${1%/*}
"
    return
    ;;
  esac
  if test -f "$1"; then
    if test -r "$1"; then kw_l="$kw_l$1 "; else kw_b="\${kw_b}denied $1
"; fi
  elif test -c "$1" || test -b "$1"; then kw_b="\${kw_b}null $1
"
  elif test -e "$1" || test -h "$1"; then kw_b="\${kw_b}odd $1
"
  fi
}
# Whether a path can be looked at: what is not there, and what may not be seen, is told.
kw_look() {
  kw_p=$1
  while :; do
    case $kw_r in *" $kw_p "*)
      kw_b="\${kw_b}remote $1
"
      return 1
      ;;
    esac
    case $kw_p in /*/*) kw_p=\${kw_p%/*} ;; *) break ;; esac
  done
  test -e "$1" && return 0
  kw_p=$1
  until test -e "$kw_p"; do kw_p=\${kw_p%/*}; kw_p=\${kw_p:-/}; done
  test -x "$kw_p" || kw_b="\${kw_b}denied $1
"
  return 1
}
kw_list() {
  kw_look "$1" || return
  if test -r "$1" && test -x "$1"; then
    for kw_f in "$1"/*$2 "$1"/.*$2; do
      test $kw_t -lt ${MOST_FILES} || {
        kw_b="\${kw_b}many $1
"
        return
      }
      test -e "$kw_f" || test -h "$kw_f" || continue
      kw_t=$((kw_t + 1))
      kw_want "$kw_f"
    done
  else kw_b="\${kw_b}denied $1
"
  fi
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
${
  asked.length === 0
    ? ''
    : `  kw_b="\${kw_b}asked ${words(asked)}
"
`
}  test -d /run/systemd/system && kw_b="\${kw_b}systemd
"
  for kw_f in /usr/lib/systemd/systemd-sysctl /lib/systemd/systemd-sysctl; do
    test -x "$kw_f" && kw_b="\${kw_b}program systemd-sysctl
" && break
  done
  for kw_f in ${words(STAGED)}; do test -e "$kw_f" && kw_b="\${kw_b}staged $kw_f
"; done
  # Debian without systemd: the link is there with systemd too, and then it is not what applies them.
  for kw_f in /etc/rcS.d/S[0-9][0-9]procps; do test -x "$kw_f" && kw_b="\${kw_b}program procps
"; done
  test -c ${UNIT_DIRECTORY}/systemd-sysctl.service && kw_b="\${kw_b}masked systemd-sysctl
"
  # tuned, and what starts a kubelet.
  for kw_f in ${UNIT_DIRECTORY}/*.target.wants/*.service; do
    kw_p=\${kw_f##*/}
    case $kw_p in
      *[!a-z0-9.-]*) ;;
      tuned.* | kubelet.* | k3s* | rke2-* | k0s* | snap.microk8s.daemon-kubel* | microshift.*) test -h "$kw_f" && kw_b="\${kw_b}enabled \${kw_p%.service}
" ;;
    esac
  done
  # An init script, of which systemd makes a service.
  for kw_f in /etc/rc[2-5].d/S[0-9][0-9]sysfsutils; do
    test -x "$kw_f" && { test -c ${UNIT_DIRECTORY}/sysfsutils.service || kw_b="\${kw_b}enabled sysfsutils
"; }
  done
  for kw_d in ${words([...SYSCTL_DIRECTORIES, ...MODPROBE_DIRECTORIES])}; do
    case $kw_d in /lib/*) test -h /lib && continue ;; esac
    kw_list "$kw_d" .conf
  done
  for kw_d in ${words(TMPFILES_DIRECTORIES)}; do kw_list "$kw_d" .conf; done
  for kw_f in ${words([SYSCTL_CONF, SYSFS_CONF, TUNED_ACTIVE, TUNED_MODE, TUNED_LAST, TUNED_MAIN, GRUB_DEFAULTS, KERNEL_CMDLINE, ...GRUB_ENVS, ...GRUB_CFGS, '/boot/extlinux.conf'])}; do
    kw_look "$kw_f" && kw_want "$kw_f"
  done
  for kw_f in ${words(RC_LOCALS)}; do test -x "$kw_f" && kw_want "$kw_f"; done
  kw_list ${SYSFS_DIRECTORY} .conf
  kw_list ${GRUB_DEFAULTS_DIRECTORY} .cfg
  kw_list ${BOOT_ENTRIES} .conf
  for kw_d in ${words(EXTLINUX_DIRECTORIES)}; do
    kw_list "$kw_d" .conf
    kw_list "$kw_d" .cfg
  done
  # What systemd-boot has in the firmware, by name alone: to read a variable calls the firmware, which stops the processor.
  kw_p=-${LOADER_GUID}
  if test -e ${EFI_DIRECTORY}/LoaderEntries$kw_p; then
    for kw_f in ${words(EFI_VARIABLES)}; do test -e ${EFI_DIRECTORY}/$kw_f$kw_p && kw_b="\${kw_b}firmware $kw_f
"; done
    for kw_d in ${words(ESP_MOUNTS)}; do
      test $kw_d = /boot || kw_list $kw_d/loader/entries .conf
      kw_look $kw_d/loader/loader.conf && kw_want $kw_d/loader/loader.conf
      kw_look $kw_d/EFI/Linux && for kw_f in $kw_d/EFI/Linux/*.[eE][fF][iI]; do
        test -e "$kw_f" && kw_b="\${kw_b}unified $kw_d/EFI/Linux
" && break
      done
    done
  fi
  kw_list ${UNIT_DIRECTORY} .service
  for kw_f in ${UNIT_DIRECTORY}/*.service.d/*.conf; do test -e "$kw_f" && kw_want "$kw_f"; done
  if kw_look /boot; then
    for kw_f in ${Object.values(KERNEL_SYSCTLS)
      .map((path) => path('*'))
      .join(' ')}; do test -e "$kw_f" && kw_want "$kw_f"; done
    if test -r /boot && test -x /boot; then
      kw_c=0
      for kw_f in ${KERNELS.join(' ')}; do
        test -e "$kw_f" || continue
        kw_p=\${kw_f#/boot/*-}
        case $kw_p in '' | *[!A-Za-z0-9_.+~-]*) continue ;; esac
        kw_c=$((kw_c + 1))
        test $kw_c -gt ${MOST_KERNELS} && break
        kw_b="\${kw_b}kernel $kw_p
"
        if test $kw_c -le ${MOST_CONFIGS}; then
          for kw_d in /boot/config-$kw_p /lib/modules/$kw_p/config; do
            test -e "$kw_d" && kw_want "$kw_d" && break
          done
        fi
      done
      test $kw_c -le ${MOST_KERNELS} && kw_b="\${kw_b}listed /boot
"
    else kw_b="\${kw_b}denied /boot
"; fi
  fi
  for kw_d in ${words(TUNED_DIRECTORIES)}; do
    kw_look "$kw_d" && for kw_f in "$kw_d"/*/tuned.conf; do test -e "$kw_f" && kw_want "$kw_f"; done
  done
  test ${TUNED_ACTIVE} -nt ${TUNED_MODE} && kw_b="\${kw_b}newer ${TUNED_ACTIVE}
"
  kw_a= kw_c= kw_f=
  { read -r kw_a kw_c kw_f kw_d; } 2>/dev/null </proc/version
  case $kw_f in *[!A-Za-z0-9_.+~-]* | '') ;; *)
    kw_p=/lib/modules/$kw_f
    test -r "$kw_p/modules.builtin" && kw_want "$kw_p/modules.builtin"
    if kw_look "/boot/config-$kw_f"; then kw_want "/boot/config-$kw_f"
    elif test -r "$kw_p/config"; then kw_want "$kw_p/config"
    elif test -r /proc/config.gz; then kw_l="$kw_l/proc/config.gz "; fi
    ;;
  esac
  # Of the units of packages, which are many, those that start at boot; one of the same name in /etc hides it.
  for kw_f in ${[UNIT_DIRECTORY, ...PACKAGED_UNITS].map((path) => `${path}/*.wants/*.service`).join(' ')} ${UNIT_DIRECTORY}/*.requires/*.service; do
    kw_p=\${kw_f##*/}
    case $kw_p in *@?*.service) kw_p=\${kw_p%%@*}@.service ;; esac
    test -e "$kw_f" && test ! -e "${UNIT_DIRECTORY}/$kw_p" && for kw_d in ${words(PACKAGED_UNITS)}; do
      test -f "$kw_d/$kw_p" && test $kw_t -lt ${MOST_FILES} || continue
      kw_t=$((kw_t + 1))
      kw_want "$kw_d/$kw_p"
      for kw_f in "$kw_d/$kw_p.d"/*.conf; do test -e "$kw_f" && kw_want "$kw_f"; done
      break
    done
  done
  kw_x=0
  case $kw_l in
    ?*)
      ulimit -S -v ${MOST_MEMORY_KIB} 2>/dev/null
      kw_m=$(\${kw_exec} awk -v keys='${words(asked)}' -v allowed="$kw_may${['', ...moduleParameters(declared)].join(' ')}" -v tuned='${words(TUNED_DIRECTORIES)}' -v modules='${words(moduleParameters([...FACTS, ...declared]))}' '${BOOT_AWK}' $kw_l 2>/dev/null </dev/null)
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

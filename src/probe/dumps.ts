import { KDUMP_CONF, KDUMP_TOOLS, SHOWN_KEYS, SHOWN_WORDS, TARGET_KEYS } from '../facts/kdump-config.js';

/** File systems of local disks and of memory: what is mounted from elsewhere can hang whoever looks at it. */
export const LOCAL = ['ext2', 'ext3', 'ext4', 'xfs', 'btrfs', 'f2fs', 'jfs', 'reiserfs', 'zfs', 'tmpfs', 'rootfs'];

/** What of the configuration of crash dumps leaves the host. */
export const DUMPS_AWK = `
  function words(text, n, i, part, out) {
    n = split(text, part, " ")
    for (i = 1; i <= n && part[i] !~ /^#/; i++)
      out = out " " (part[i] in word || part[i] ~ /^(-[A-Za-z-]+|[0-9,]+|\\/[A-Za-z0-9_.\\/-]*)$/ ? part[i] : "?")
    return out
  }
  function tell(file, name, value) {
    if (name in shown) print file ":" name words(value)
    else if (name in target && value != "") print file ":" name
  }
  BEGIN {
    for (i = split(keys, list, " "); i; i--) shown[list[i]]
    for (i = split(targets, list, " "); i; i--) target[list[i]]
    for (i = split(allowed, list, " "); i; i--) word[list[i]]
    while (1 == (getline line < "/proc/mounts")) {
      split(line, part, " ")
      if (part[2] == "/" || part[2] == "/var") type[part[2]] = part[3]
      if (part[2] ~ /^\\/var\\/crash(\\/|$)/) own = 1
      if (part[3] ~ /^nfs4?$/) nfs[part[4] ~ /(^|,)hard(,|$)/]++
      seen = 1
    }
    if (seen) print "nfs hard " (nfs[1] + 0) " soft " (nfs[0] + 0)
    if (index(" " local " ", " " ("/var" in type ? type["/var"] : type["/"]) " ") && !own) print "crash local"
    while (1 == (getline line < conf)) {
      sub(/^[ \\t]+/, "", line)
      name = line
      sub(/[ \\t].*/, "", name)
      tell(conf, name, substr(line, length(name) + 1))
    }
    while (1 == (getline line < tools)) {
      sub(/^[ \\t]*(export[ \\t]+)?/, "", line)
      name = substr(line, 1, index(line, "=") - 1)
      line = substr(line, length(name) + 2)
      gsub(/["\\047]/, "", line)
      tell(tools, name, line)
    }
  }`;

function variable(name: string, words: readonly string[]): string {
  return `-v ${name}='${words.join(' ')}'`;
}

/** The shell's part of the section `dumps`, without a process: `kw_m` holds `crash local` where /var/crash may be looked at. */
export const DUMPS_TESTS = `  test -x /etc && echo 'etc searchable'
  for kw_f in ${KDUMP_CONF} ${KDUMP_TOOLS}; do
    if test -r "$kw_f"; then echo "config there $kw_f"
    elif test -e "$kw_f"; then echo "config denied $kw_f"
    else echo "config none $kw_f"; fi
  done
  test -r /etc/systemd/system && test -x /etc/systemd/system && echo 'services visible'
  for kw_f in /etc/systemd/system/*.target.wants/kdump*.service /etc/rc[35].d/S[0-9]*kdump*; do
    test -h "$kw_f" && echo 'service enabled' && break
  done
  for kw_f in kdump kdump-tools; do
    test -c "/etc/systemd/system/$kw_f.service" && echo "service masked $kw_f"
  done
  kw_a=0 kw_b=0 kw_c=0 kw_d=0
  case $kw_m in
    *'crash local'*) if test -h /var || test -h /var/crash; then kw_f=elsewhere; elif test -e /var/crash; then kw_f=there; else kw_f=none; fi ;;
    *) kw_f=elsewhere ;;
  esac
  case $kw_f in
    none) test -x /var || kw_f=denied ;;
    there) test -r /var/crash && test -x /var/crash || kw_f=denied ;;
  esac
  echo "crash $kw_f"
  case $kw_f in
    there)
      for kw_g in /var/crash/*; do
        test -h "$kw_g" && continue
        test -d "$kw_g" || continue
        test -r "$kw_g" && test -x "$kw_g" || kw_d=$((kw_d + 1))
        for kw_f in "$kw_g"/*; do
          test -h "$kw_f" && continue
          test -f "$kw_f" || continue
          case \${kw_f##*/} in
            *dmesg*) ;;
            *incomplete*) kw_b=$((kw_b + 1)) ;;
            *.flat) kw_c=$((kw_c + 1)) ;;
            vmcore* | dump.*) if test -s "$kw_f"; then kw_a=$((kw_a + 1)); else kw_b=$((kw_b + 1)); fi ;;
          esac
        done
      done
      echo "dumps $kw_a incomplete $kw_b flat $kw_c denied $kw_d"
      ;;
  esac
`;

/**
 * The section `dumps`: how kdump is set up, what it left in /var/crash, and, since /proc/mounts is read for that, how many
 * NFS file systems are mounted hard and soft. Only names of settings, known words and counts are
 * printed. A path that could hang is not looked at: /var/crash only where / or /var is a local file system that holds it.
 */
export const DUMPS_SCRIPT = `  kw_m=$(\${kw_exec} awk ${variable('keys', SHOWN_KEYS)} ${variable('targets', TARGET_KEYS)} ${variable('allowed', SHOWN_WORDS)} ${variable('local', LOCAL)} -v conf=${KDUMP_CONF} -v tools=${KDUMP_TOOLS} '${DUMPS_AWK}' 2>&1 </dev/null)
  kw_x=$?
  kw_e=
${DUMPS_TESTS}  echo "$kw_m"
`;

export const DUMPS_FUNCTION = `kw_dumps() {
${DUMPS_SCRIPT}  kw_end
}
`;

/**
 * Sysctls that the kernel makes with mode 0444, by what they stand below: they tell what it is, what it can do or what it counts, and
 * writing them fails (`sysctl: permission denied on key`). A star stands for one part, whatever it is.
 */
const READ_ONLY: readonly (readonly [below: string, names: readonly string[]])[] = [
  // kernel/utsname_sysctl.c, uts_kern_table; arch from 6.1 on
  ['kernel', ['ostype', 'osrelease', 'version', 'arch']],
  // kernel/sysctl.c, kern_table; the boot loader's: x86
  ['kernel', ['ngroups_max', 'cap_last_cap', 'bootloader_type', 'bootloader_version']],
  // drivers/tty/pty.c; drivers/char/random.c; kernel/seccomp.c
  ['kernel.pty', ['nr']],
  ['kernel.random', ['boot_id', 'entropy_avail', 'poolsize', 'uuid']],
  ['kernel.seccomp', ['actions_avail']],
  // https://docs.kernel.org/admin-guide/sysctl/fs.html; fs/file_table.c, fs/inode.c, fs/dcache.c, fs/aio.c, fs/quota/dquot.c
  ['fs', ['aio-nr', 'dentry-state', 'file-nr', 'inode-nr', 'inode-state']],
  ['fs.quota', ['allocated_dquots', 'cache_hits', 'drops', 'free_dquots', 'lookups', 'reads', 'syncs', 'writes']],
  // net/ipv4/sysctl_net_ipv4.c; net/ipv4/devinet.c and net/ipv6/addrconf.c
  ['net.ipv4', ['tcp_available_congestion_control', 'tcp_available_ulp', 'tcp_ehash_entries', 'udp_hash_entries']],
  ['net.ipv4.conf.*', ['mc_forwarding']],
  ['net.ipv6.conf.*', ['mc_forwarding']],
  // net/mptcp/ctrl.c; net/netfilter/nf_conntrack_standalone.c; drivers/cdrom/cdrom.c; net/sunrpc/sysctl.c
  ['net.mptcp', ['available_path_managers', 'available_schedulers']],
  ['net.netfilter', ['nf_conntrack_count']],
  ['dev.cdrom', ['info']],
  ['sunrpc', ['transports']],
];

function isLike(path: readonly string[], pattern: string): boolean {
  const parts = pattern.split('.');
  return parts.length === path.length && parts.every((part, index) => part === '*' || part === path[index]);
}

/** @param path below /proc/sys, with slashes */
export function isReadOnlySysctl(path: string): boolean {
  const parts = path.split('/');
  return READ_ONLY.some(([below, names]) => names.includes(parts.at(-1) ?? '') && isLike(parts.slice(0, -1), below));
}

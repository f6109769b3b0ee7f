/**
 * Sysctls that the kernel makes with mode 0444: they tell what it is, what it can do or what it counts, and writing them fails
 * (EACCES, `sysctl: permission denied on key`). A star stands for one part, whatever it is.
 */
const READ_ONLY: readonly string[] = [
  // kernel/utsname_sysctl.c, uts_kern_table; arch from 6.1 on
  'kernel/ostype',
  'kernel/osrelease',
  'kernel/version',
  'kernel/arch',
  // kernel/sysctl.c, kern_table; the boot loader's: x86
  'kernel/ngroups_max',
  'kernel/cap_last_cap',
  'kernel/bootloader_type',
  'kernel/bootloader_version',
  // drivers/tty/pty.c; drivers/char/random.c; kernel/seccomp.c
  'kernel/pty/nr',
  'kernel/random/boot_id',
  'kernel/random/entropy_avail',
  'kernel/random/poolsize',
  'kernel/random/uuid',
  'kernel/seccomp/actions_avail',
  // https://docs.kernel.org/admin-guide/sysctl/fs.html; fs/file_table.c, fs/inode.c, fs/dcache.c, fs/aio.c, fs/quota/dquot.c
  'fs/aio-nr',
  'fs/dentry-state',
  'fs/file-nr',
  'fs/inode-nr',
  'fs/inode-state',
  ...['allocated_dquots', 'cache_hits', 'drops', 'free_dquots', 'lookups', 'reads', 'syncs', 'writes'].map(
    (name) => `fs/quota/${name}`,
  ),
  // net/ipv4/sysctl_net_ipv4.c; net/ipv4/devinet.c and net/ipv6/addrconf.c; net/mptcp/ctrl.c; nf_conntrack_standalone.c
  'net/ipv4/tcp_available_congestion_control',
  'net/ipv4/tcp_available_ulp',
  'net/ipv4/tcp_ehash_entries',
  'net/ipv4/udp_hash_entries',
  'net/ipv4/conf/*/mc_forwarding',
  'net/ipv6/conf/*/mc_forwarding',
  'net/mptcp/available_path_managers',
  'net/mptcp/available_schedulers',
  'net/netfilter/nf_conntrack_count',
  // drivers/cdrom/cdrom.c; net/sunrpc/sysctl.c
  'dev/cdrom/info',
  'sunrpc/transports',
];

function isLike(path: readonly string[], pattern: string): boolean {
  const parts = pattern.split('/');
  return parts.length === path.length && parts.every((part, index) => part === '*' || part === path[index]);
}

/** @param path below /proc/sys, with slashes */
export function isReadOnlySysctl(path: string): boolean {
  return READ_ONLY.some((pattern) => isLike(path.split('/'), pattern));
}

/** What a policy may have read on a host, and what never: lists, each with what it is known from. What they mean, `may-be-read.ts` says. */

/** Directories of /proc/sys that the kernel itself makes; what modules from elsewhere add may do anything when it is read. */
export const SYSCTL_ROOTS: readonly string[] = [
  'abi',
  'crypto',
  'debug',
  'dev',
  'fs',
  'fscache',
  'kernel',
  'net',
  'sunrpc',
  'user',
  'vm',
  'xen',
];

interface Refused {
  readonly path: string;
  /** What reading it does. */
  readonly why: string;
  readonly source: string;
}

/** What blocks, acts, or tells a secret when it is read, or cannot be read at all. A path stands for what is below it too. */
export const REFUSED: readonly Refused[] = [
  {
    path: '/proc/sys/fs/binfmt_misc',
    why: 'looking at it mounts a file system and loads a module, and waits for both',
    source: 'units/proc-sys-fs-binfmt_misc.automount, systemd 252',
  },
  {
    path: '/proc/sys/vm/stat_refresh',
    why: 'reading it runs work on every CPU and waits for the slowest: on a CPU that is stuck, for ever',
    source: 'vmstat_refresh() in mm/vmstat.c; https://docs.kernel.org/admin-guide/sysctl/vm.html#stat-refresh',
  },
  {
    path: '/proc/sys/vm/compact_memory',
    why: 'it can only be written',
    source: 'https://docs.kernel.org/admin-guide/sysctl/vm.html#compact-memory',
  },
  {
    path: '/proc/sys/net/ipv4/route/flush',
    why: 'it can only be written, and drops routes',
    source: 'https://docs.kernel.org/networking/ip-sysctl.html, net/ipv4/route.c',
  },
  {
    path: '/proc/sys/net/ipv6/route/flush',
    why: 'it can only be written, and drops routes',
    source: 'https://docs.kernel.org/networking/ip-sysctl.html, net/ipv6/route.c',
  },
  {
    path: '/proc/sys/net/ipv4/tcp_fastopen_key',
    why: 'it is a secret key',
    source: 'https://docs.kernel.org/networking/ip-sysctl.html (tcp_fastopen_key)',
  },
  {
    path: '/proc/sys/net/ipv6/conf/*/stable_secret',
    why: 'it is a secret key',
    source: 'https://docs.kernel.org/networking/ip-sysctl.html (stable_secret), RFC 7217',
  },
  {
    path: '/proc/sys/kernel/random/uuid',
    why: 'each read makes another',
    source: 'https://man7.org/linux/man-pages/man4/random.4.html',
  },
  {
    path: '/sys/kernel/debug',
    why: 'files of debugfs do whatever a driver likes when they are read',
    source: 'https://docs.kernel.org/filesystems/debugfs.html',
  },
  {
    path: '/sys/kernel/tracing',
    why: 'trace_pipe blocks, and takes what it shows away from others',
    source: 'https://docs.kernel.org/trace/ftrace.html (trace_pipe)',
  },
  {
    path: '/sys/power/wakeup_count',
    why: 'reading it waits until no wakeup is in progress',
    source: 'https://docs.kernel.org/admin-guide/abi-testing.html (/sys/power/wakeup_count)',
  },
  {
    path: '/sys/firmware/efi/efivars',
    why: 'each read calls the firmware, which stops the CPU, and variables may hold secrets',
    source: 'https://docs.kernel.org/filesystems/efivarfs.html; efivarfs_file_read() limits others’ reads',
  },
  {
    path: '/sys/firmware/dmi/tables',
    why: 'it is binary, and has serial numbers',
    source: 'drivers/firmware/dmi_scan.c',
  },
  {
    path: '/sys/kernel/mm/page_idle/bitmap',
    why: 'it is binary, and as large as memory',
    source: 'https://docs.kernel.org/admin-guide/mm/idle_page_tracking.html',
  },
  {
    path: '/sys/kernel/mm/damon',
    why: 'it shares a lock with whoever changes it',
    source: 'damon_sysfs_lock in mm/damon/sysfs.c',
  },
  {
    path: '/sys/class/net/*/speed',
    why: 'it takes the lock of all network settings, and asks the device',
    source: 'speed_show() in net/core/net-sysfs.c',
  },
  {
    path: '/sys/class/net/*/duplex',
    why: 'it takes the lock of all network settings, and asks the device',
    source: 'duplex_show() in net/core/net-sysfs.c',
  },
  {
    path: '/sys/class/watchdog/*/timeleft',
    why: 'it asks the hardware',
    source: 'timeleft_show() in drivers/watchdog/watchdog_dev.c',
  },
  {
    path: '/sys/class/watchdog/*/status',
    why: 'it may ask the hardware, under the lock of whoever keeps the watchdog quiet, and takes the mark of the last ping away',
    source: 'status_show() and watchdog_get_status() in drivers/watchdog/watchdog_dev.c',
  },
  {
    path: '/proc/sys/net/ipv6/conf/*/addr_gen_mode',
    why: 'it waits for the lock of all network settings, trying again and again',
    source: 'addrconf_sysctl_addr_gen_mode() in net/ipv6/addrconf.c: rtnl_trylock(), else restart_syscall()',
  },
  {
    path: '/proc/sys/kernel/ftrace_enabled',
    why: 'it takes the lock under which functions of the kernel are patched',
    source: 'ftrace_enable_sysctl() in kernel/trace/ftrace.c',
  },
  {
    path: '/proc/sys/net/core/netdev_rss_key',
    why: 'it is the key by which packets are spread over queues, and who knows it can send all to one',
    source: 'proc_do_rss_key() in net/core/sysctl_net_core.c',
  },
  {
    path: '/sys/block/*/queue',
    why: 'reading it takes a lock that a change of scheduler holds while it waits for I/O: on a disk that is stuck, for ever; /sys/block/*/bdi/read_ahead_kb takes none',
    source:
      'queue_attr_show() and queue_attr_store() in block/blk-sysfs.c take sysfs_lock, elevator_switch_mq() in block/elevator.c waits in blk_mq_freeze_queue(): RHEL 7.7',
  },
  ...['intel_pstate', 'amd_pstate'].map((driver) => ({
    path: `/sys/devices/system/cpu/${driver}`,
    why: 'it shares a lock with whoever changes the driver',
    source: `${driver}_driver_lock in drivers/cpufreq/${driver.replace('amd_', 'amd-')}.c`,
  })),
];

/**
 * What may be read below /sys: attributes that show a value of the kernel's own and ask no device. A star covers one
 * part, whatever it is; a link that leads elsewhere (`device`, `subsystem`) is covered only where it is named.
 * @see https://docs.kernel.org/admin-guide/abi.html
 */
export const ALLOWED_SYSFS: readonly string[] = [
  '/sys/module/*/parameters/*',
  '/sys/module/*/{version,srcversion,taint,initstate}',
  '/sys/block/*/{ro,size,removable}',
  '/sys/block/*/bdi/{max_ratio,min_ratio,read_ahead_kb}',
  '/sys/block/*/device/{timeout,eh_timeout,queue_depth,queue_type,state,type,vendor,model,rev}',
  '/sys/block/*/dm/suspended',
  '/sys/kernel/mm/*/*',
  '/sys/kernel/mm/*/*/*',
  '/sys/kernel/livepatch/*/{enabled,transition}',
  '/sys/kernel/{fscaps,profiling,rcu_expedited,rcu_normal,oops_count,warn_count,softlockup_count,hardlockup_count,rcu_stall_count}',
  '/sys/kernel/security/{lsm,lockdown}',
  '/sys/kernel/reboot/*',
  '/sys/kernel/cgroup/*',
  '/sys/devices/system/cpu/{online,offline,possible,present,isolated,nohz_full,kernel_max}',
  '/sys/devices/system/cpu/{vulnerabilities,smt,cpuidle}/*',
  '/sys/devices/system/cpu/*/cpufreq/{scaling_governor,scaling_driver,scaling_available_governors}',
  '/sys/devices/system/cpu/*/microcode/version',
  '/sys/devices/system/node/{online,possible,has_cpu,has_memory,has_normal_memory}',
  '/sys/devices/system/node/*/{distance,cpulist}',
  '/sys/devices/system/node/*/hugepages/*/*',
  '/sys/devices/system/clocksource/*/{current_clocksource,available_clocksource}',
  '/sys/devices/system/memory/{auto_online_blocks,block_size_bytes}',
  '/sys/devices/virtual/workqueue/cpumask',
  '/sys/class/net/*/{mtu,tx_queue_len,flags,type,operstate,gro_flush_timeout,napi_defer_hard_irqs}',
  '/sys/class/net/*/queues/*/{rps_cpus,rps_flow_cnt}',
  '/sys/class/net/*/bonding/{mode,miimon,xmit_hash_policy,lacp_rate,fail_over_mac}',
  '/sys/class/scsi_host/*/{can_queue,cmd_per_lun,state,eh_deadline}',
  '/sys/class/iscsi_session/*/recovery_tmo',
  '/sys/class/fc_remote_ports/*/{dev_loss_tmo,fast_io_fail_tmo,port_state}',
  '/sys/class/nvme/*/{state,transport,ctrl_loss_tmo,reconnect_delay}',
  '/sys/class/dmi/id/{sys_vendor,product_name,product_version,board_vendor,board_name,bios_vendor,bios_version,bios_date,chassis_type}',
  '/sys/class/watchdog/*/{timeout,pretimeout,state,nowayout,identity}',
  '/sys/power/{state,mem_sleep,disk}',
  '/sys/fs/ext4/*/{errors_count,warning_count}',
  '/sys/fs/selinux/enforce',
  '/sys/firmware/efi/fw_platform_size',
];

interface Secrets {
  readonly names: readonly string[];
  /** What such a file holds. */
  readonly why: string;
}

/** Names of files below /etc that may hold a secret, as patterns of `case` in the shell, whatever the case of their letters is. */
export const SECRET_FILES: readonly Secrets[] = [
  {
    names: ['*shadow*', '*passwd*', '*password*', '*secret*', '*credential*', '*token*', 'netrc'],
    why: 'passwords, or their hashes',
  },
  {
    names: ['*_key', '*.key', '*.pem', '*.psk', '*.gpg', '*.asc', '*keytab*', 'id_*', 'ssh_host_*', '*.ppk'],
    why: 'private keys',
  },
  {
    names: ['*.p12', '*.pfx', '*.jks', '*.keystore', '*.bcfks', '*.kdbx'],
    why: 'stores of keys and passwords',
  },
  { names: ['*.ovpn', 'wpa_supplicant*.conf', '*.nmconnection'], why: 'keys of networks' },
  {
    names: ['nslcd.conf', 'sssd.conf', 'ldap.conf', 'pam_ldap.conf', 'auth.conf', 'auth.json', 'debian.cnf'],
    why: 'the password that a service logs in with',
  },
  { names: ['kubeconfig*', 'admin.conf', 'k3s.yaml', 'rke2.yaml'], why: 'the way into a cluster' },
  { names: ['*.env', 'environment'], why: 'variables, among which secrets are handed on' },
  { names: ['iscsid.conf', 'crypttab', 'fstab'], why: 'passwords of storage, or where keys are' },
  { names: ['machine-id'], why: 'what machine-id(5) calls confidential' },
  { names: ['sudoers*'], why: 'who may become root' },
];
export const SECRET_NAMES: readonly string[] = SECRET_FILES.flatMap(({ names }) => names);
export const SECRET_FOLDERS: readonly string[] = [
  '.ssh',
  'ssh',
  'private',
  'sudoers.d',
  'environment.d',
  'system-connections',
  'wireguard',
  'wpa_supplicant',
  'kubernetes',
  'pki',
  'ssl',
  'letsencrypt',
  'security.d',
  'credstore',
  'credstore.encrypted',
  'ppp',
  'openvpn',
  'ipsec.d',
];

/** Words in the name of a parameter of a module or of the boot whose value may be a secret. */
export const SECRET_WORD =
  /pass|pw|secret|key|token|cred|auth(?!oriz)|login|luks|crypt|chap|license|psk|wpa|proxy|url/i;
/** And of the boot: ways to where secrets are, and whole configurations. */
export const SECRET_WAY = /user|root|tang|env|cloud|^ds|^ks|^inst|iscsi|nfs|nbd|^ip$|ifname|http|^talos|ignition/i;

// What the next boot of a freshly installed Debian 12 reads, as the probe tells it: the section `boot` of policies/hosts/debian-12.probe.
//   node scripts/record-boot.mjs [KERNEL-PACKAGE] >SECTION
// Needs Debian, root, apt, a mount namespace and a folder for temporary files that is on a disk; changes nothing of this machine. The files are those of Debian's packages, laid out as
// their maintainer scripts do; grub.cfg is made by Debian's grub-mkconfig, to which a stand-in for grub-probe names a disk.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { probeScript } from '../dist/src/probe/script.js';

const [kernel = 'linux-image-6.1.0-56-amd64'] = process.argv.slice(2);
const release = kernel.replace(/^linux-image-|-unsigned$/g, '');
const PACKAGES = ['systemd', 'udev', 'procps', 'kmod', 'grub-common', 'grub2-common', 'grub-pc', kernel];
const NONCE = '0'.repeat(32);

const [folder = '', etc = ''] = ['', 'etc-'].map((name) => mkdtempSync(join(tmpdir(), `kernward-record-${name}`)));
const SCRIPT = `
set -e
mount -t tmpfs none "$0"
cd "$0"
cat >probe.sh
mkdir packages tree upper work whole
(cd packages && apt-get download -q ${PACKAGES.join(' ')}) >&2
for package in packages/*.deb; do dpkg-deb --extract "$package" tree; done
rm -r tree/lib/modules
# As on a machine where /bin is a link to /usr/bin.
for part in bin sbin lib; do
  test -d tree/$part || continue
  mkdir -p tree/usr/$part
  cp -a tree/$part/. tree/usr/$part/
  rm -r tree/$part
done
# The maintainer scripts of grub-pc, procps and linux-image.
cp tree/usr/share/grub/default/grub tree/etc/default/grub
mkdir -p tree/etc/rcS.d tree/boot/grub tree/etc/alternatives
ln -s ../init.d/procps tree/etc/rcS.d/S01procps
touch tree/boot/initrd.img-${release}
mount -t overlay overlay -o lowerdir=tree:/,upperdir=upper,workdir=work whole
mount --bind /proc whole/proc
mount --bind /dev whole/dev
cat >whole/usr/sbin/grub-probe <<'END'
#!/bin/sh
while test $# -gt 0; do
  case $1 in -t) target=$2 ;; --target=*) target=\${1#*=} ;; esac
  shift
done
case $target in
  device) echo /dev/vda1 ;;
  fs) echo ext2 ;;
  fs_uuid) echo 4f6c0d2e-8d4b-4f0e-9a59-1c2c6c0f6b8a ;;
  partmap) echo msdos ;;
  compatibility_hint) echo hd0,msdos1 ;;
esac
END
chmod 755 whole/usr/sbin/grub-probe
chroot whole grub-mkconfig -o /boot/grub/grub.cfg >&2
cp -a whole/boot/grub/grub.cfg tree/boot/grub/
# On the disk: an /etc in memory would be told as such.
cp -a tree/etc/. "$2"
mount --bind "$2" /etc
for path in /run /boot /usr/local/lib /usr/lib/sysctl.d /usr/lib/tmpfiles.d; do
  mount -t tmpfs -o mode=755 none $path
  test ! -d "tree$path" || cp -a "tree$path/." $path
done
mkdir -p /run/systemd/system
ln -s "$1" /etc/alternatives/awk
exec setpriv --reuid=65534 --regid=65534 --clear-groups sh -s <probe.sh
`;
try {
  const { stdout, stderr, status } = spawnSync(
    'unshare',
    ['-m', '--propagation', 'private', 'sh', '-c', SCRIPT, folder, '/usr/bin/mawk', etc],
    { input: probeScript(NONCE), encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  const section = new RegExp(`kw ${NONCE} begin boot\\n[\\s\\S]*?kw ${NONCE} end boot \\d+\\n`, 'u').exec(stdout)?.[0];
  if (section === undefined) throw new Error(`the probe told nothing (status ${status}): ${stderr}`);
  process.stdout.write(section);
} finally {
  for (const each of [folder, etc]) rmSync(each, { recursive: true, force: true });
}

import { ESP_MOUNTS } from '../../../facts/boot-files.js';
import { unreadDoubt, type BootDoubt } from '../boot-doubt.js';
import type { BootFiles } from '../boot-files.js';
import { isBySystemdBoot } from './systemd-boot.js';

/**
 * Why something may start that no file says which is followed: images that hold kernel and command line in one, which the firmware
 * starts by itself, and other boot loaders. systemd-boot's own images are its entries.
 *
 * @see systemd-stub(7), StubInfo and .cmdline; zipl(8), which copies the entries of /boot/loader/entries when it is run
 */
export function doubtOfUnfollowed(files: BootFiles): BootDoubt | undefined {
  const [loader] = files.loaders;
  if (loader !== undefined) return { doubt: `${loader} belongs to a boot loader that is not followed` };
  if (isBySystemdBoot(files)) return undefined;
  const [images] = files.unified;
  if (images !== undefined)
    return { doubt: `images in ${images} hold a kernel and a command line of their own, and are not looked into` };
  return files.firmware.has('StubInfo')
    ? { doubt: 'the firmware has StubInfo: this system was started from an image that holds its command line' }
    : undefined;
}

/** A directory of such images that could not be read. */
export function unreadImages({ unread }: BootFiles): BootDoubt | undefined {
  const path = ESP_MOUNTS.map((mount) => `${mount}/EFI/Linux`).find((each) => unread.has(each));
  return path === undefined ? undefined : unreadDoubt(path, unread.get(path));
}

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { append } from '../../text/append.js';
import { isFolder } from '../../transports/is-folder.js';

/** Variables stand there, no hosts: they are read beside the inventory. */
const NEVER = /^(?:\.|(?:host_vars|group_vars|vars_plugins)$)/;

/**
 * What Ansible passes over in a folder (INVENTORY_IGNORE_EXTS). Before 2.19 it passed over `.ini` too;
 * it is read here, as in newer ones.
 * @see https://docs.ansible.com/ansible/latest/reference_appendices/config.html#inventory-ignore-exts
 */
const ENDINGS = ['.pyc', '.pyo', '.swp', '.bak', '~', '.rpm', '.md', '.txt', '.rst', '.orig', '.cfg', '.retry'];

/** Deeper than anybody nests them; a link to a folder above ends here. */
const MAX_DEPTH = 10;

export interface FolderFiles {
  /** In the order of their names, folder by folder. */
  readonly files: readonly string[];
  /** Not read because of their endings, although they might be lists of hosts. */
  readonly passedOver: readonly string[];
}

/**
 * All inventories in a folder and in the folders in it, as Ansible finds them.
 *
 * @throws what the file system says, and an Error where folders stand too deep
 */
export function filesInFolder(folder: string, depth = 1): FolderFiles {
  const files: string[] = [];
  const passedOver: string[] = [];
  if (depth > MAX_DEPTH) throw new Error(`folders stand more than ${MAX_DEPTH} deep in each other`);
  for (const name of readdirSync(folder).toSorted()) {
    const path = join(folder, name);
    if (NEVER.test(name)) continue;
    if (ENDINGS.some((ending) => name.endsWith(ending))) {
      if (name.endsWith('.txt')) passedOver.push(path);
    } else if (isFolder(path)) {
      const inner = filesInFolder(path, depth + 1);
      append(files, inner.files);
      append(passedOver, inner.passedOver);
    } else files.push(path);
  }
  return { files, passedOver };
}

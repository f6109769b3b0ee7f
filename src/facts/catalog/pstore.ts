import { absent, known, unreadable, type Reading } from '../../model/reading.js';
import type { FactDefinition } from '../definition.js';
import { malformed } from '../parse.js';

const COUNT = /^pstore ([0-9]{1,9})\n$/;

function records(text: string): Reading<number> {
  if (text === 'pstore none\n') return absent('/sys/fs can be searched and has no pstore');
  if (text === 'pstore unmounted\n')
    return unreadable('undetermined', '/sys/fs/pstore is there, and nothing is mounted on it');
  if (text === 'pstore denied\n') return unreadable('denied', '/sys/fs/pstore may not be read');
  const count = COUNT.exec(text)?.[1];
  return count === undefined ? malformed('a count of files', text) : known(Number(count), text);
}

/** What only root may see: read where a host has `become: sudo`, and `not-collected` elsewhere. */
export const PSTORE: readonly FactDefinition[] = [
  {
    id: 'pstore.dmesg_files',
    title: 'Files in which the kernel kept the end of its log over an oops or a panic',
    type: { kind: 'int', min: 0, max: 999_999_999 },
    unit: 'count',
    since: '3.10 or earlier',
    sources: [
      'https://www.kernel.org/doc/Documentation/ABI/testing/pstore',
      'fs/pstore/inode.c: the directory has mode 0750',
    ],
    origin: { via: 'command', sections: ['pstore'] },
    parse: records,
    samples: [
      { text: 'pstore 0\n', known: 0 },
      { text: 'pstore 12\n', known: 12 },
      { text: 'pstore none\n', otherwise: 'absent' },
      { text: 'pstore unmounted\n', otherwise: 'undetermined' },
      { text: 'pstore denied\n', otherwise: 'denied' },
      { text: '', otherwise: 'malformed' },
    ],
    note: 'Files `dmesg-*` in /sys/fs/pstore; one panic may leave several. They are counted, and never opened. A service such as systemd-pstore takes them away at boot, so that none there does not mean that none was written. Only root may look (the directory has mode 0750): `become: sudo`.',
  },
];

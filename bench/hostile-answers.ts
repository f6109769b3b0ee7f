/** Answers of hosts that mean ill: as large as an answer may be, and each laid so that reading it is as dear as can be. */
import { recordingNonce } from '../src/probe/recording.js';

export interface HostileAnswer {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** What a line is made of. `row`: a line of that section as a host wrote it. */
const FILLINGS: Readonly<Record<string, (row: string, index: number) => string>> = {
  'one line': () => 'a'.repeat(4096),
  'empty lines': () => '\n'.repeat(64),
  'short lines': () => 'a\n',
  'its own lines': (row) => `${row}\n`,
  'its own lines, numbered': (row, index) => `${row.replace(/\d+/, String(index + 1))}\n`,
  'its own paths, numbered': (row, index) => `${row.replace(/[:\s]/, `${index}$&`)}\n`,
  'its own line, long': (row, index) => (index === 0 ? `${row} ` : 'a1 '.repeat(1024)),
  brackets: () => '[{('.repeat(512),
  slashes: () => '/'.repeat(1024),
  'lines of a slash': () => '/\n',
  'two paths in turn': () => '/a:\n/b:\n',
  'one path': () => '/a:\n',
  'paths alone': (_, index) => `/sys/${index}\n`,
  'words with values': (_, index) => `w${index}=${index} `,
  blanks: () => ' \t'.repeat(512),
  quotes: () => `"\\'`.repeat(512),
  commas: (_, index) => `${index},`,
  'no UTF-8': () => '\ufffd'.repeat(512),
  'wide characters': () => '漢\u0301'.repeat(256),
};

function* lines(text: string): Generator<string> {
  for (const line of text.split('\n')) if (line !== '' && !line.startsWith('kw ')) yield line;
}

interface Section {
  readonly name: string;
  readonly begin: number;
  readonly end: number;
  readonly rows: readonly string[];
}

function sectionsOf(recording: string, nonce: string): readonly Section[] {
  return [...recording.matchAll(new RegExp(`^kw ${nonce} begin (\\S+)\\n([^]*?)^kw ${nonce} errors\\n`, 'gm'))].map(
    ({ index, 0: all, 1: name = '', 2: text = '' }) => {
      const begin = index + `kw ${nonce} begin ${name}\n`.length;
      return {
        name,
        begin,
        end: index + all.length - `kw ${nonce} errors\n`.length,
        rows: [...lines(text)],
      };
    },
  );
}

function fill(make: (index: number) => string, limit: number): string {
  const parts: string[] = [];
  let length = 0;
  for (let index = 0; ; index += 1) {
    const part = make(index);
    length += Buffer.byteLength(part);
    if (length > limit) return parts.join('');
    parts.push(part);
  }
}

/** As many as the section says that it has, or nothing of it is read. */
function counted(text: string): string {
  return String(text.split(/\n+/).filter((line) => line !== '').length);
}

/** @param limit bytes that an answer may have */
export function* hostileAnswers(recording: string, limit: number): Generator<HostileAnswer> {
  const nonce = recordingNonce(Buffer.from(recording));
  if (nonce === undefined) throw new Error('there is no frame in the recording');
  const room = limit - Buffer.byteLength(recording) - 1024;
  for (const { name, begin, end, rows } of sectionsOf(recording, nonce)) {
    const around = (text: string): Uint8Array => {
      const whole = text === '' || text.endsWith('\n') ? text : `${text}\n`;
      const note = name === 'places' ? '' : `kw ${nonce} there ${counted(whole)}\n`;
      return Buffer.from(recording.slice(0, begin) + whole + note + recording.slice(end));
    };
    const [row = '/proc/sys/kernel/panic:0'] = rows.toSorted((a, b) => b.length - a.length);
    for (const [what, make] of Object.entries(FILLINGS))
      yield { name: `${name}: ${what}`, bytes: around(fill((index) => make(row, index), room)) };
    yield {
      name: `${name}: all its lines, again and again`,
      bytes: around(fill((index) => `${rows[index % Math.max(1, rows.length)] ?? 'a'}\n`, room)),
    };
    yield {
      name: `${name}: complaints`,
      bytes: Buffer.from(
        recording.slice(0, end) +
          `kw ${nonce} errors\n` +
          fill((index) => `/proc/${index}/stat: No such process\n`, room) +
          recording.slice(end + `kw ${nonce} errors\n`.length),
      ),
    };
    yield {
      name: `${name}: notes`,
      bytes: Buffer.from(
        recording.slice(0, begin) + fill((index) => `kw ${nonce} missing /a${index}\n`, room) + recording.slice(begin),
      ),
    };
  }
  yield {
    name: 'begun again and again',
    bytes: Buffer.from(fill(() => `kw ${nonce} begin sysctl\n`, room) + recording),
  };
}

/** What the bytes of a file are, where they are no text in UTF-8, and how it becomes one. */
export interface NoUtf8 {
  readonly what: string;
  readonly help: string;
}

const UTF16: NoUtf8 = {
  what: 'it is written in UTF-16, and kernward reads UTF-8',
  help: 'iconv -f UTF-16 -t UTF-8 FILE > NEW, or save it anew as UTF-8; in PowerShell: Out-File -Encoding utf8 in place of >',
};

const SHEET = 'kernward reads text: save what is needed of it in YAML, or a list of hosts as one name on each line';

/** By their first bytes. */
const MAGIC: readonly (readonly [bytes: readonly number[], NoUtf8])[] = [
  [[0xff, 0xfe], UTF16],
  [[0xfe, 0xff], UTF16],
  [[0x50, 0x4b, 0x03, 0x04], { what: 'it is a workbook (XLSX) or another ZIP archive, and no text', help: SHEET }],
  [[0xd0, 0xcf, 0x11, 0xe0], { what: 'it is a document of Microsoft Office, and no text', help: SHEET }],
  [[0x25, 0x50, 0x44, 0x46, 0x2d], { what: 'it is a PDF, and no text', help: SHEET }],
  [
    [0x1f, 0x8b],
    {
      what: 'it is compressed (gzip), and no text',
      help: 'unpack it before: gunzip FILE, or zcat FILE | kernward … -',
    },
  ],
  [
    [0x28, 0xb5, 0x2f, 0xfd],
    {
      what: 'it is compressed (zstd), and no text',
      help: 'unpack it before: unzstd FILE, or zstdcat FILE | kernward … -',
    },
  ],
  [
    [0xfd, 0x37, 0x7a, 0x58, 0x5a],
    { what: 'it is compressed (xz), and no text', help: 'unpack it before: unxz FILE, or xzcat FILE | kernward … -' },
  ],
];

/** What UTF-16 without its mark looks like where it begins in ASCII: every second byte is zero, and no other. */
const LOOKED_AT = 8;

function isUtf16Unmarked(bytes: Uint8Array): boolean {
  const head = bytes.subarray(0, LOOKED_AT);
  if (head.length < 4) return false;
  const isZero = (parity: number): boolean => head.every((byte, index) => (byte === 0) === (index % 2 === parity));
  return isZero(0) || isZero(1);
}

/** Nothing for what may be a text in UTF-8, by its first bytes. */
export function whatElse(bytes: Uint8Array): NoUtf8 | undefined {
  const known = MAGIC.find(([magic]) => magic.every((byte, index) => bytes[index] === byte));
  return known === undefined ? (isUtf16Unmarked(bytes) ? UTF16 : undefined) : known[1];
}

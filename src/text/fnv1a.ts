const OFFSET_BASIS = 0xcbf29ce484222325n;
const PRIME = 0x100000001b3n;

/**
 * 64 bits as 16 hexadecimal digits, over the UTF-16 units of the text, the low byte of each first. To tell names apart, not
 * to keep a secret.
 * @see http://www.isthe.com/chongo/tech/comp/fnv/
 */
export const fnv1a64 = (text: string): string => {
  let hash = OFFSET_BASIS;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    for (const byte of [unit & 0xff, unit >> 8]) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * PRIME);
  }
  return hash.toString(16).padStart(16, '0');
};

import { fillRandom } from '../random.js';

const LENGTH_BYTES = 4;
/** RFC 4253, section 6. */
const LEAST_PADDING = 4;

/** How packets of a cipher are laid out, in bytes. */
export interface Layout {
  /** What is padded is a multiple of it. */
  readonly block: number;
  /** The length in front is padded with the rest (RFC 4253, section 6), or stands outside (RFC 5647, section 7.2). */
  readonly padsLength: boolean;
  /** Behind the padding, such as a tag. */
  readonly behind: number;
}

/** A packet as ssh2's `allocPacket` gives it: its length and its padding are written, and there is room for the payload. */
export function newPacket(payloadBytes: number, { block, padsLength, behind }: Layout): Buffer {
  const short = block - (((padsLength ? LENGTH_BYTES : 0) + 1 + payloadBytes) % block);
  const padding = short < LEAST_PADDING ? short + block : short;
  const end = LENGTH_BYTES + 1 + payloadBytes + padding;
  const packet = Buffer.allocUnsafe(end + behind);
  packet.writeUInt32BE(end - LENGTH_BYTES, 0);
  packet[LENGTH_BYTES] = padding;
  fillRandom(packet, end - padding, end);
  return packet;
}

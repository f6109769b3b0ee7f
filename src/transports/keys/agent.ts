import { memoize } from '../../language/memoize.js';
import { connectToAgent } from './agent-connection.js';

/** A key that an agent holds. */
export interface AgentKey {
  readonly blob: Buffer;
  readonly comment: string;
}

/** Signature algorithms that an RSA key is asked for. @see draft-ietf-sshm-ssh-agent, section 3.6.1 */
const SIGN_FLAGS: Readonly<Record<string, number>> = { sha256: 2, sha512: 4 };

const REQUEST_IDENTITIES = 11;
const IDENTITIES_ANSWER = 12;
const SIGN_REQUEST = 13;
const SIGN_RESPONSE = 14;

export interface Agent {
  /** The list is asked for once; rejects where the agent cannot be spoken to. */
  readonly keys: () => Promise<readonly AgentKey[]>;
  /** The bare signature, without the name of its algorithm; rejects where the agent declines. */
  readonly sign: (blob: Buffer, data: Buffer, hash: string | undefined) => Promise<Buffer>;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
function string(bytes: Buffer): Buffer {
  return Buffer.concat([uint32(bytes.length), bytes]);
}

const CUT = "the agent's answer is cut";

/** Reads strings one after another; throws where the bytes end too early. */
function reader(bytes: Buffer): { readonly string: () => Buffer; readonly uint32: () => number } {
  let offset = 0;
  const number = (): number => {
    if (offset + 4 > bytes.length) throw new Error(CUT);
    const value = bytes.readUInt32BE(offset);
    offset += 4;
    return value;
  };
  return {
    uint32: number,
    string: () => {
      const length = number();
      if (offset + length > bytes.length) throw new Error(CUT);
      offset += length;
      return bytes.subarray(offset - length, offset);
    },
  };
}

function body(answer: Buffer, type: number): Buffer {
  if (answer[0] !== type) throw new Error('the agent declined');
  return answer.subarray(1);
}

/**
 * Speaks to the agent behind `SSH_AUTH_SOCK`, over one connection. ssh2's own agent client opens one for every list and
 * every signature, and drops what it cannot parse in silence; this one lists the keys once.
 *
 * @param timeoutMs for one signature, a question to the user on a screen included
 */
export function createAgent(socketPath: string, { timeoutMs = 60_000 } = {}): Agent {
  const { ask } = connectToAgent(socketPath);
  const keys = memoize(async (): Promise<readonly AgentKey[]> => {
    const answer = reader(body(await ask(Buffer.from([REQUEST_IDENTITIES]), 10_000), IDENTITIES_ANSWER));
    const count = answer.uint32();
    return Array.from({ length: Math.min(count, 1000) }, () => ({
      blob: Buffer.from(answer.string()),
      comment: answer.string().toString('utf8'),
    }));
  });
  return {
    keys,
    sign: async (blob, data, hash) => {
      const flags = SIGN_FLAGS[hash ?? ''] ?? 0;
      const request = Buffer.concat([Buffer.from([SIGN_REQUEST]), string(blob), string(data), uint32(flags)]);
      const signature = reader(reader(body(await ask(request, timeoutMs), SIGN_RESPONSE)).string());
      signature.string(); // its algorithm: the one that was asked for
      return Buffer.from(signature.string());
    },
  };
}

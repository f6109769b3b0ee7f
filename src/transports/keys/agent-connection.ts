import { createConnection, type Socket } from 'node:net';
import { errorCode } from '../error-detail.js';

const MAX_ANSWER = 256 * 1024;

/** One connection to an agent, kept: one request after another, since answers carry no number. */
export interface AgentConnection {
  /** The answer without its length; rejects where the agent cannot be spoken to, also the second time. */
  readonly ask: (request: Buffer, timeoutMs: number) => Promise<Buffer>;
}

interface Waiting {
  readonly resolve: (answer: Buffer) => void;
  readonly reject: (problem: Error) => void;
}

/** How a connection ends that the other side has left: by an end, or by what the kernel says to who writes. */
const LOST = new Error('the agent closed the connection');
function isLost(thrown: unknown): boolean {
  return thrown === LOST || ['EPIPE', 'ECONNRESET'].includes(errorCode(thrown) ?? '');
}

function framed(request: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(request.length);
  return Buffer.concat([length, request]);
}

/** A socket, and the one request that is under way on it. */
interface Line {
  readonly socket: Socket;
  /** Not yet used: what fails on it would fail on another, too. */
  isFresh: boolean;
  isOver: boolean;
  waiting: Waiting | undefined;
}

function openLine(path: string): Line {
  const socket = createConnection(path);
  const line: Line = { socket, isFresh: true, isOver: false, waiting: undefined };
  let received = Buffer.alloc(0);
  const over = (problem: Error): void => {
    line.isOver = true;
    socket.destroy();
    const { waiting } = line;
    line.waiting = undefined;
    waiting?.reject(problem);
  };
  socket.on('error', over);
  socket.on('close', () => over(LOST));
  socket.on('data', (chunk) => {
    received = Buffer.concat([received, chunk]);
    const length = received.length >= 4 ? received.readUInt32BE(0) : undefined;
    if (line.waiting === undefined) over(new Error('the agent answered what was not asked'));
    else if (length !== undefined && length > MAX_ANSWER) over(new Error('the agent sent too large an answer'));
    else if (length !== undefined && received.length > 4 + length)
      over(new Error('the agent answered what was not asked'));
    else if (length !== undefined && received.length === 4 + length) {
      const { waiting } = line;
      const answer = received.subarray(4);
      received = Buffer.alloc(0);
      line.waiting = undefined;
      line.isFresh = false;
      waiting.resolve(answer);
    }
  });
  return line;
}

function askOn(line: Line, request: Buffer, timeoutMs: number): Promise<Buffer> {
  return new Promise<Buffer>((resolve, reject) => {
    // A late answer would be taken for the next request's: the line ends with the time.
    const timer = setTimeout(
      () => line.socket.destroy(new Error(`the agent did not answer within ${timeoutMs} ms`)),
      timeoutMs,
    );
    const settled = (): void => {
      clearTimeout(timer);
      line.socket.unref();
    };
    line.waiting = {
      resolve: (answer) => {
        settled();
        resolve(answer);
      },
      reject: (problem) => {
        settled();
        reject(problem);
      },
    };
    line.socket.ref();
    line.socket.write(framed(request));
  });
}

/**
 * Connects when it is first asked, and once anew where a connection that has served has died. An idle one holds no
 * process.
 */
export function connectToAgent(path: string): AgentConnection {
  let line: Line | undefined;
  let last: Promise<unknown> = Promise.resolve();

  const askNow = async (request: Buffer, timeoutMs: number): Promise<Buffer> => {
    const used = line === undefined || line.isOver ? openLine(path) : line;
    line = used;
    const mayTryAgain = !used.isFresh;
    try {
      return await askOn(used, request, timeoutMs);
    } catch (thrown) {
      if (!mayTryAgain || !isLost(thrown)) throw thrown;
      line = openLine(path);
      return askOn(line, request, timeoutMs);
    }
  };

  return {
    ask: (request, timeoutMs) => {
      const answer = last.then(() => askNow(request, timeoutMs));
      last = answer.catch(() => undefined);
      return answer;
    },
  };
}

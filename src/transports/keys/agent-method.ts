import ssh2, {
  type AgentAuthMethod,
  type IdentityCallback,
  type ParsedKey,
  type SignCallback,
  type SigningRequestOptions,
} from 'ssh2';
import type { Agent } from './agent.js';

/** What the session does with the answer; never called once the session is over. */
export interface SessionGuard {
  readonly isOver: () => boolean;
  readonly fail: (thrown: unknown) => void;
}

/** One key of the agent, for one session. */
class OneAgentKey extends ssh2.BaseAgent<ParsedKey> {
  readonly #agent: Agent;
  readonly #key: ParsedKey;
  readonly #guard: SessionGuard;

  constructor(agent: Agent, key: ParsedKey, guard: SessionGuard) {
    super();
    this.#agent = agent;
    this.#key = key;
    this.#guard = guard;
  }

  override getIdentities(callback: IdentityCallback<ParsedKey>): void {
    callback(undefined, [this.#key]);
  }

  override sign(
    key: ParsedKey,
    data: Buffer,
    options: SigningRequestOptions | SignCallback,
    callback?: SignCallback,
  ): void {
    const answer = typeof options === 'function' ? options : callback;
    const hash = typeof options === 'function' ? undefined : options.hash;
    // ssh2 goes on with the handshake inside of the callback and throws there when the socket is gone: it must not
    // escape.
    const reply = (error: Error | undefined, signature?: Buffer): void => {
      if (this.#guard.isOver()) return;
      try {
        answer?.(error, signature);
      } catch (thrown) {
        this.#guard.fail(thrown);
      }
    };
    this.#agent.sign(key.getPublicSSH(), data, hash).then(
      (signature) => reply(undefined, signature),
      (thrown: unknown) => reply(thrown instanceof Error ? thrown : new Error(String(thrown))),
    );
  }
}

/** The way to authenticate with one key that an agent holds. */
export function agentMethod(agent: Agent, key: ParsedKey, username: string, guard: SessionGuard): AgentAuthMethod {
  return {
    type: 'agent',
    username,
    agent: new OneAgentKey(agent, key, guard),
  };
}

import { lookup } from 'node:dns/promises';

export interface LookUpRequest {
  readonly id: number;
  readonly name: string;
}

export type LookUpAnswer =
  | { readonly id: number; readonly addresses: readonly string[] }
  | { readonly id: number; readonly code: string | undefined; readonly message: string };

/** getaddrinfo(3): `/etc/hosts`, search domains and nsswitch are honoured, as ssh does. */
export async function getaddrinfo(name: string): Promise<readonly string[]> {
  return (await lookup(name, { all: true, order: 'verbatim' })).map(({ address }) => address);
}

async function answer({ id, name }: LookUpRequest): Promise<LookUpAnswer> {
  try {
    return { id, addresses: await getaddrinfo(name) };
  } catch (thrown) {
    const code =
      thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined;
    return { id, code, message: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}

/** An exit would wait for every thread that is inside getaddrinfo. */
function end(): void {
  process.kill(process.pid, 'SIGKILL');
}

/** Answers look-ups over IPC until the parent has gone. */
function serve(): void {
  process.on('message', (request: LookUpRequest) => {
    void answer(request).then((reply) => process.send?.(reply, undefined, undefined, () => undefined));
  });
  process.on('disconnect', end);
  // It may have gone while this one was still starting.
  if (!process.connected) end();
}

if (process.argv[2] === 'serve') serve();

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

/** Answers look-ups over IPC until the parent has gone. */
function serve(): void {
  // Ctrl-C on a terminal reaches every process of the group; whether this one ends is for the parent to say.
  process.on('SIGINT', () => undefined).on('SIGTERM', () => undefined);
  process.on('message', (request: LookUpRequest) => {
    void answer(request).then((reply) => process.send?.(reply, undefined, undefined, () => undefined));
  });
  // An exit would wait for every thread that is inside getaddrinfo.
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
}

if (process.argv[2] === 'serve') serve();

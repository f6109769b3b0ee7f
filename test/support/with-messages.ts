import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { scratch } from './scratch.js';

export interface Messages {
  /** The ports of the web server and of the SMTP server. */
  readonly web: number;
  readonly mail: number;
  /** What they got since this was asked last: `/path body`, `mail text`. */
  readonly taken: () => readonly { readonly kind: string; readonly said: string }[];
}

/** Servers in a process of their own: they answer while a test waits for a command. */
export async function withMessages<T>(body: (messages: Messages) => T | Promise<T>): Promise<T> {
  const folder = scratch();
  const file = join(folder, 'messages');
  const child = spawn(process.execPath, [join(process.cwd(), 'dist', 'test', 'support', 'message-servers.js'), file], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  try {
    const [line] = await once(createInterface({ input: child.stdout }), 'line');
    const { web, mail }: { readonly web: number; readonly mail: number } = JSON.parse(String(line));
    let seen = 0;
    return await body({
      web,
      mail,
      taken: () => {
        const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
        const fresh = lines.slice(seen);
        seen = lines.length;
        return fresh.map((each) => JSON.parse(each));
      },
    });
  } finally {
    child.stdin.end();
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
}

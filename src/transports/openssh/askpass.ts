import { execFile } from 'node:child_process';
import { closeSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Password } from '../keys/password.js';

/** What one ssh is started with so that it can ask for the password. */
export interface Askpass {
  /** No secret is in it. */
  readonly environment: Readonly<Record<string, string>>;
  /** What was not asked for is gone. */
  readonly close: () => void;
}

/**
 * Hands the password to the one question that is expected, by whichever program of ssh asks it: a key's passphrase, a
 * token's PIN, a jump host's password and a new password are other questions. The pipe is read by no shell, so that the
 * password is in no argument.
 */
const HELPER = `#!/bin/sh
case $1 in
  "$KERNWARD_ASKPASS_PROMPT") exec head -n 1 <"$KERNWARD_ASKPASS_PIPE" ;;
esac
exit 1
`;

/** The question of the method `password`. @see input_userauth_passwd and userauth_passwd in sshconnect2.c of OpenSSH */
export function passwordPrompt(user: string, hostKeyName: string): string {
  return `${user.slice(0, 30)}@${hostKeyName.slice(0, 128)}'s password: `;
}

const run = promisify(execFile);

/**
 * Password prompts of ssh, answered through a pipe that only the user can open, with one password in it: it is in no
 * argument, no environment and no file.
 *
 * @param directory only the user may look into it
 */
export function createAskpass(directory: string, password: Password): (prompt: string) => Promise<Askpass> {
  const helper = join(directory, 'askpass');
  writeFileSync(helper, HELPER, { mode: 0o700 });
  let pipes = 0;
  return async (prompt) => {
    const pipe = join(directory, `${pipes++}.pipe`);
    await run('mkfifo', ['-m', '600', pipe]);
    // Open for both directions, so that nobody has to wait for a reader; what is written stays in memory until it is
    // closed.
    const fd = openSync(pipe, 'r+');
    writeSync(fd, `${password.reveal()}\n`);
    let isOpen = true;
    return {
      environment: {
        SSH_ASKPASS: helper,
        SSH_ASKPASS_REQUIRE: 'force',
        // Before 8.4 it is DISPLAY that makes ssh use the helper, where there is no terminal.
        DISPLAY: 'none',
        KERNWARD_ASKPASS_PIPE: pipe,
        KERNWARD_ASKPASS_PROMPT: prompt,
      },
      close: () => {
        if (isOpen) closeSync(fd);
        isOpen = false;
        rmSync(pipe, { force: true });
      },
    };
  };
}

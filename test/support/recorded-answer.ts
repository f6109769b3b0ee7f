import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { answerWith } from '../../src/probe/recording.js';
import { recordedHost } from '../../src/run/shipped/package-files.js';

const NONCE = 'f'.repeat(32);

/**
 * A program for ForceCommand of an sshd: a host that answers each probe with what debian-12 once said, in three processes in
 * place of thirty. For tests about whoever asks, and how a host is reached.
 *
 * @returns its path
 */
export function recordedAnswer(folder: string): string {
  const recording = recordedHost('debian-12');
  if (recording === undefined) throw new Error('there is no recorded host');
  const answer = join(folder, 'answer.probe');
  const program = join(folder, 'answer');
  writeFileSync(answer, answerWith(recording, NONCE));
  // The first line of the probe names the nonce; the rest is read to its last line, since whoever sends it would else hear that nobody does.
  const lines = [
    '#!/bin/sh',
    'IFS= read -r line',
    'line=${line#"kw=\'kernward "}',
    'line=${line#* }',
    `sed "s/kw ${NONCE} /kw \${line%%[!0-9a-f]*} /" '${answer}'`,
    String.raw`sed -n '/^k[a-z0-9_]* && echo "kw \$k[a-z0-9_]* over"$/q' >/dev/null`,
  ];
  writeFileSync(program, `${lines.join('\n')}\n`, { mode: 0o755 });
  return program;
}

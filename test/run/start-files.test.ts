import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findStartFile } from '../../src/run/start-files.js';

/** As each shell says it, and the file that it blames. */
const SAID: readonly (readonly [said: string, file: string | undefined])[] = [
  ['/root/.bashrc: line 7: pyenv: command not found', '/root/.bashrc'],
  ["-bash: /etc/profile.d/java.sh: line 3: syntax error near unexpected token `fi'", '/etc/profile.d/java.sh'],
  ['/home/audit/.profile: 3: nvm: not found', '/home/audit/.profile'],
  ['sh: 3: /home/audit/.profile: nvm: not found', '/home/audit/.profile'],
  ['/home/audit/.zshenv:12: command not found: nvm', '/home/audit/.zshenv'],
  ['~/.config/fish/config.fish (line 2): Unknown command: frob', '~/.config/fish/config.fish'],
  ['bash: /root/.bashrc: Permission denied', '/root/.bashrc'],
  ['/root/.ssh/rc: line 1: xauth: command not found', '/root/.ssh/rc'],
  ['/etc/bash.bashrc: line 4: /opt/x: No such file or directory', '/etc/bash.bashrc'],
  ['Welcome\n\n/root/.bashrc: line 1: a\n/root/.profile: line 2: b', '/root/.bashrc'],
  // Not where a shell says it of its start file.
  ['cat: /root/.bashrc: No such file or directory', undefined],
  ["pyenv: cannot rehash: couldn't acquire lock /root/.pyenv/shims/.pyenv-shim", undefined],
  ['/root/bashrc: line 7: x', undefined],
  ['see /etc/profile for more: 3', undefined],
  ['', undefined],
];
for (const [said, file] of SAID)
  test(`a start file that is blamed: ${said.replaceAll('\n', ' ')}`, () => {
    assert.equal(findStartFile(Buffer.from(said))?.file, file);
  });

test('what a host says is safe to print', () => {
  const found = findStartFile(Buffer.from('/root/.bashrc: line 7: \u001b[31mred\u202e'));
  assert.deepEqual(found, { file: '/root/.bashrc', said: '/root/.bashrc: line 7: \\x1b[31mred\\u202e' });
});

import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { HostKeyPolicy } from '../../../src/transports/host-keys/policy.js';
import { loadHostKeyPolicy } from '../../../src/transports/host-keys/load.js';
import { makeKeyPair } from '../../../src/demo/make-key-pair.js';
import { scratch } from '../../support/scratch.js';

function blobOf(publicKey: string): Buffer {
  return Buffer.from(publicKey.split(' ')[1] ?? '', 'base64');
}
const [one, other] = [makeKeyPair(), makeKeyPair()];
const db1 = { names: ['db1.example'], port: 2222 };

function policyIn(home: string, option = 'accept-new'): HostKeyPolicy {
  const { value, diagnostics } = loadHostKeyPolicy(option, home);
  assert.ok(value, JSON.stringify(diagnostics));
  return value;
}
function inHome(use: (home: string, file: string) => void | Promise<void>) {
  return async (): Promise<void> => {
    const home = scratch();
    try {
      await use(home, join(home, '.ssh', 'known_hosts'));
    } finally {
      rmSync(home, { recursive: true });
    }
  };
}

test(
  'accept-new: what is accepted is written with the modes of ssh, and trusted in the same run and the next',
  inHome(async (home, file) => {
    const policy = policyIn(home);
    assert.deepEqual(await policy.judge(db1, blobOf(one.public)), { accept: true, isNew: true });
    assert.equal(await policy.remember(db1, blobOf(one.public)), undefined);
    assert.equal(await policy.remember(db1, blobOf(one.public)), undefined);
    assert.equal(readFileSync(file, 'utf8'), `[db1.example]:2222 ${one.public}\n`);
    assert.deepEqual([statSync(file).mode & 0o777, statSync(join(home, '.ssh')).mode & 0o777], [0o600, 0o700]);
    for (const used of [policy, policyIn(home), policyIn(home, 'strict'), policyIn(home, `file:${file}`)])
      assert.deepEqual(await used.judge(db1, blobOf(one.public)), { accept: true, isNew: false });
  }),
);

test(
  'accept-new: a second key of the same host is refused, in the run and at the moment of writing',
  inHome(async (home) => {
    const policy = policyIn(home);
    assert.deepEqual(await policy.judge(db1, blobOf(one.public)), { accept: true, isNew: true });
    assert.deepEqual(await policy.judge(db1, blobOf(other.public)), { accept: true, isNew: true });
    assert.equal(await policy.remember(db1, blobOf(one.public)), undefined);
    assert.equal((await policy.remember(db1, blobOf(other.public)))?.code, 'host-key-changed');
    const judged = await policy.judge(db1, blobOf(other.public));
    assert.equal(!judged.accept && judged.failure.code, 'host-key-changed');
  }),
);

test(
  'accept-new: a file without a last newline keeps its last line',
  inHome(async (home, file) => {
    mkdirSync(join(home, '.ssh'));
    writeFileSync(file, `db9 ${other.public}`);
    assert.equal(await policyIn(home).remember(db1, blobOf(one.public)), undefined);
    assert.equal(readFileSync(file, 'utf8'), `db9 ${other.public}\n[db1.example]:2222 ${one.public}\n`);
  }),
);

test(
  'accept-new: a name that would mean more than one host is never written',
  inHome(async (home) => {
    for (const name of ['*', 'a,b', 'a b', 'a\nb', '!a', '|1|a|b', '#a', '@revoked'])
      assert.equal(
        (await policyIn(home).remember({ names: [name], port: 22 }, blobOf(one.public)))?.code,
        'host-key-unknown',
        name,
      );
  }),
);

test(
  'accept-new: a file that cannot be written refuses the host',
  inHome(async (home) => {
    mkdirSync(join(home, '.ssh', 'known_hosts2'), { recursive: true });
    rmSync(join(home, '.ssh', 'known_hosts2'), { recursive: true });
    const policy = policyIn(home);
    rmSync(join(home, '.ssh'), { recursive: true });
    writeFileSync(join(home, '.ssh'), 'not a directory');
    assert.equal((await policy.remember(db1, blobOf(one.public)))?.code, 'host-key-unknown');
  }),
);

test(
  'strict: the refusals say what to do',
  inHome(async (home, file) => {
    mkdirSync(join(home, '.ssh'));
    writeFileSync(
      file,
      `[db1.example]:2222 ${other.public}\n@cert-authority *.ca.example ${other.public}\n@revoked * ${one.public}\n`,
    );
    const detail = async (name: string, key: string): Promise<string> => {
      const judged = await policyIn(home, 'strict').judge({ names: [name], port: 2222 }, blobOf(key));
      return judged.accept ? 'accepted' : `${judged.failure.code}: ${judged.failure.detail}`;
    };
    assert.match(
      await detail('db1.example', makeKeyPair().public),
      new RegExp(`^host-key-changed: .*${file}:1.*ssh-keygen -R '\\[db1\\.example\\]:2222' -f '${file}'`, 'u'),
    );
    assert.match(await detail('db1.example', one.public), new RegExp(`^host-key-revoked: .*${file}:3`, 'u'));
    assert.match(await detail('db2.example', other.public), /^host-key-unknown: .*SHA256:.*ssh -p 2222 db2\.example/u);
    assert.match(
      await detail('db1.ca.example', other.public),
      new RegExp(`^host-key-unknown: .*${file}:2.*certificate`, 'u'),
    );
  }),
);

test(
  'choices that do not exist, and files that cannot be read, are diagnostics',
  inHome((home, file) => {
    for (const option of ['', 'no', 'Strict', 'file:', 'accept-any'])
      assert.equal(loadHostKeyPolicy(option, home).diagnostics[0]?.code, 'host-keys/unknown-choice', option);
    assert.equal(loadHostKeyPolicy(`file:${file}`, home).diagnostics[0]?.code, 'host-keys/unreadable-file');
    mkdirSync(file, { recursive: true });
    for (const option of ['strict', 'accept-new']) {
      const { value, diagnostics } = loadHostKeyPolicy(option, home);
      assert.deepEqual([value, diagnostics[0]?.code], [undefined, 'host-keys/unreadable-file']);
    }
    chmodSync(file, 0o700);
  }),
);

test(
  'a bad line is a warning and the policy stands',
  inHome((home, file) => {
    mkdirSync(join(home, '.ssh'));
    writeFileSync(file, 'nonsense\n');
    const { value, diagnostics } = loadHostKeyPolicy('strict', home);
    assert.ok(value);
    assert.deepEqual([diagnostics[0]?.severity, diagnostics[0]?.at?.line], ['warning', 1]);
  }),
);

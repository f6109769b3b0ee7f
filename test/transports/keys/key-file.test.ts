import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createIdentities } from '../../../src/transports/keys/identities.js';
import { forOpensshOnly, parsePrivateKey, readKeyFile } from '../../../src/transports/keys/key-file.js';
import { makeKeyPair } from '../../../src/demo/make-key-pair.js';
import { parseKey } from '../../../src/transports/keys/parse-key.js';
import { scratch } from '../../support/scratch.js';
import { makeKey } from '../../support/sshd.js';
import { isHere } from '../../support/debian-tool.js';
import { findProgram } from '../../support/shells.js';

const directory = scratch();
after(() => rmSync(directory, { recursive: true }));
let files = 0;
function fileWith(content: string, mode = 0o600): string {
  const file = join(directory, `file_${files++}`);
  writeFileSync(file, content, { mode });
  chmodSync(file, mode);
  return file;
}

const withoutKeygen = {
  skip:
    !isHere(findProgram('ssh-keygen') !== undefined, 'ssh-keygen', 'openssh-client') && 'ssh-keygen is not installed',
};
const pkcs8 = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const unusable: readonly (readonly [what: string, content: string, says: RegExp])[] = [
  ['PKCS#8, Ed25519', pkcs8, /Ed25519.*PKCS#8.*ssh-keygen -t ed25519/u],
  [
    'PKCS#8',
    generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
      .privateKey.export({ type: 'pkcs8', format: 'pem' })
      .toString(),
    /PKCS#8.*ssh-keygen -p -f/u,
  ],
  [
    'encrypted PKCS#8',
    generateKeyPairSync('ed25519')
      .privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' })
      .toString(),
    /ssh-keygen -p -f/u,
  ],
  ['PPK v3', 'PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n', /puttygen .* -O private-openssh/u],
  ['damaged', '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n', /damaged/u],
  [
    'damaged PEM',
    '-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n',
    /cannot read|ssh2 can read/u,
  ],
  ['something else', 'hello\n', /not a private key/u],
  ['empty', '', /not a private key/u],
];
for (const [what, content, says] of unusable)
  test(`identity file: ${what}`, async () => {
    const file = fileWith(content);
    const found = readKeyFile(file);
    assert.equal(found.kind, 'unusable');
    assert.ok(found.kind === 'unusable' && found.detail.includes(file));
    assert.match(found.detail, says);
    const answer = await createIdentities({ home: directory }).forFiles([file]);
    assert.equal(!answer.ok && answer.failure.code, 'identity-unusable');
  });

test('a certificate, and a key with one beside it, are for openssh', withoutKeygen, async () => {
  const ca = makeKey(join(directory, 'ca'));
  const signed = makeKey(join(directory, 'signed'));
  assert.equal(forOpensshOnly(signed.file), undefined);
  assert.equal(
    spawnSync('ssh-keygen', ['-q', '-s', ca.file, '-I', 'me', '-n', 'audit', `${signed.file}.pub`]).status,
    0,
  );
  const found = readKeyFile(`${signed.file}-cert.pub`);
  assert.ok(
    found.kind === 'openssh-only' && found.holds === 'certificate' && found.detail.includes('transport: openssh'),
  );
  assert.equal(readKeyFile(signed.file).kind, 'key');
  assert.equal(forOpensshOnly(signed.file), 'certificate');
  assert.equal(forOpensshOnly(`${signed.file}-cert.pub`), 'certificate');
  assert.equal(forOpensshOnly(join(directory, 'none')), undefined);
  const answer = await createIdentities({ home: directory }).forFiles([`${signed.file}-cert.pub`]);
  assert.match(answer.ok ? '' : answer.failure.detail, /transport: openssh/u);
});

function string(text: string): Buffer {
  return Buffer.concat([Buffer.from([0, 0, 0, text.length]), Buffer.from(text)]);
}

test('a key on a token is told by its type', () => {
  const blob = string('sk-ssh-ed25519@openssh.com');
  const container = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    string('none'),
    string('none'),
    string(''),
    Buffer.from([0, 0, 0, 1]),
    Buffer.from([0, 0, 0, blob.length]),
    blob,
  ]);
  const found = readKeyFile(
    fileWith(
      `-----BEGIN OPENSSH PRIVATE KEY-----\n${container.toString('base64')}\n-----END OPENSSH PRIVATE KEY-----\n`,
    ),
  );
  assert.ok(found.kind === 'openssh-only' && found.holds === 'token key' && /FIDO/u.test(found.detail));
  const line = readKeyFile(fileWith(`sk-ssh-ed25519@openssh.com ${blob.toString('base64')} me\n`, 0o644));
  assert.ok(line.kind === 'openssh-only' && line.holds === 'token key');
});

const pair = makeKeyPair();
test('modes that others can read are refused, those of the owner are not', () => {
  for (const mode of [0o600, 0o400, 0o700]) assert.equal(readKeyFile(fileWith(pair.private, mode)).kind, 'key');
  for (const mode of [0o644, 0o640, 0o604, 0o660]) {
    const found = readKeyFile(fileWith(pair.private, mode));
    assert.ok(found.kind === 'unusable' && found.detail.includes('chmod 600'), mode.toString(8));
  }
});

test('a directory, a missing file, a loop of links', () => {
  mkdirSync(join(directory, 'folder'));
  symlinkSync(join(directory, 'loop'), join(directory, 'loop'));
  assert.equal(readKeyFile(join(directory, 'folder')).kind, 'unusable');
  assert.equal(readKeyFile(join(directory, 'none')).kind, 'missing');
  assert.equal(readKeyFile(join(directory, 'loop')).kind, 'unusable');
});

test(
  'keys of ssh-keygen: every kind signs what its public half verifies, by every algorithm that is asked for',
  withoutKeygen,
  () => {
    for (const [type, pem, hashes] of [
      ['ed25519', false, [undefined]],
      ['ecdsa', false, [undefined]],
      ['ecdsa', true, [undefined]],
      ['rsa', false, ['sha256', 'sha512']],
      ['rsa', true, ['sha256', 'sha512']],
    ] as const) {
      const { file, publicKey } = makeKey(
        join(directory, `${type}_${String(pem)}`),
        type,
        '',
        pem ? ['-m', 'PEM'] : [],
      );
      const found = readKeyFile(file);
      const verifier = parseKey(publicKey);
      assert.ok(found.kind === 'key' && !(verifier instanceof Error));
      for (const hash of hashes)
        assert.ok(verifier.verify(Buffer.from('data'), found.key.sign(Buffer.from('data'), hash), hash));
    }
  },
);

test('an encrypted key, old and new, shows its kind and opens with its passphrase only', withoutKeygen, () => {
  for (const extra of [[], ['-m', 'PEM']]) {
    const { file, publicKey } = makeKey(join(directory, `locked_${extra.length}`), 'rsa', 'correct', extra);
    const found = readKeyFile(file);
    assert.ok(found.kind === 'encrypted');
    if (found.blob !== undefined) assert.equal(found.blob.toString('base64'), publicKey.split(' ')[1]);
    assert.ok(parsePrivateKey(found.text, 'wrong') instanceof Error);
    assert.ok(!(parsePrivateKey(found.text, 'correct') instanceof Error));
  }
});

test(
  'default identities: an encrypted one is asked for only where there is nothing else, and noted where it is not',
  withoutKeygen,
  async () => {
    const home = scratch();
    mkdirSync(join(home, '.ssh'));
    makeKey(join(home, '.ssh', 'id_rsa'), 'rsa', 'secret');
    const asked: string[] = [];
    const askPassphrase = (file: string): Promise<string> => {
      asked.push(file);
      return Promise.resolve('secret');
    };
    const alone = createIdentities({ home, askPassphrase });
    const answers = await Promise.all([alone.forFiles([]), alone.forFiles([]), alone.forFiles(['~/.ssh/id_rsa'])]);
    assert.ok(answers.every((answer) => answer.ok && answer.identities.length === 1));
    assert.deepEqual(asked, [join(home, '.ssh', 'id_rsa')]);
    makeKey(join(home, '.ssh', 'id_ed25519'));
    const both = await createIdentities({ home, askPassphrase: () => assert.fail('must not ask') }).forFiles([]);
    assert.ok(both.ok && both.identities.length === 1 && both.notes.some((note) => note.includes('ssh-add')));
    rmSync(home, { recursive: true });
  },
);

test('no key at all, and an agent that is gone, are told', async () => {
  const gone = {
    keys: () => Promise.reject(new Error('connect ENOENT')),
    sign: () => Promise.reject(new Error('unused')),
  };
  const answer = await createIdentities({ home: join(directory, 'nobody'), agent: gone }).forFiles([]);
  assert.ok(!answer.ok);
  assert.equal(answer.failure.code, 'identity-unusable');
  assert.match(answer.failure.detail, /identityFile.*connect ENOENT/u);
});

test('one usable key of two is enough', async () => {
  const answer = await createIdentities({ home: directory }).forFiles([
    join(directory, 'none'),
    fileWith(pair.private),
  ]);
  assert.ok(answer.ok && answer.identities.length === 1 && answer.notes.length === 1);
});

/** The command that a message tells, with passphrases given so that nobody is asked. */
function commandIn(file: string, says: RegExp): string {
  const found = readKeyFile(file);
  assert.ok(found.kind === 'unusable');
  return says.exec(found.detail)?.[0] ?? assert.fail(found.detail);
}
function runs(command: string): void {
  const { status, stderr } = spawnSync('sh', ['-c', command], { encoding: 'utf8' });
  assert.equal(status, 0, `${command}: ${stderr}`);
}

test('the command that is told for a PKCS#8 key works, with RSA and ECDSA, encrypted too', withoutKeygen, () => {
  for (const [what, type] of [
    ['rsa', generateKeyPairSync('rsa', { modulusLength: 2048 })],
    ['ec', generateKeyPairSync('ec', { namedCurve: 'prime256v1' })],
  ] as const)
    for (const passphrase of ['', 'open sesame']) {
      const file = join(directory, `it's ${what}${passphrase === '' ? '' : ' locked'}.pem`);
      writeFileSync(
        file,
        type.privateKey.export({
          type: 'pkcs8',
          format: 'pem',
          ...(passphrase === '' ? {} : { cipher: 'aes-256-cbc', passphrase }),
        }),
        { mode: 0o600 },
      );
      runs(`${commandIn(file, /cp '.*\.openssh'$/u)} -P '${passphrase}' -N '${passphrase}'`);
      const converted = readKeyFile(`${file}.openssh`);
      if (passphrase === '') assert.equal(converted.kind, 'key');
      else assert.ok(converted.kind === 'encrypted' && !(parsePrivateKey(converted.text, passphrase) instanceof Error));
    }
});

const withoutPutty = {
  skip: !isHere(findProgram('puttygen') !== undefined, 'puttygen', 'putty-tools') && 'puttygen is not installed',
};
test('the command that is told for a PuTTY key works, for every kind, encrypted too', withoutPutty, () => {
  for (const type of ['ed25519', 'ecdsa', 'rsa'] as const) {
    const { file } = makeKey(join(directory, `for putty ${type}`), type);
    runs(`puttygen '${file}' -O private -o '${file}.ppk'`);
    assert.match(readFileSync(`${file}.ppk`, 'utf8'), /^PuTTY-User-Key-File-3: /u);
    runs(commandIn(`${file}.ppk`, /puttygen .*$/u));
    assert.equal(readKeyFile(`${file}.ppk.openssh`).kind, 'key', type);
    writeFileSync(`${file}.word`, 'open sesame\n');
    runs(`puttygen '${file}' -O private -o '${file}.locked.ppk' --new-passphrase '${file}.word'`);
    runs(
      `${commandIn(`${file}.locked.ppk`, /puttygen .*$/u)} --old-passphrase '${file}.word' --new-passphrase '${file}.word'`,
    );
    const locked = readKeyFile(`${file}.locked.ppk.openssh`);
    assert.ok(locked.kind === 'encrypted' && !(parsePrivateKey(locked.text, 'open sesame') instanceof Error), type);
  }
});

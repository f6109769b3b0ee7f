import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createPublicKey, diffieHellman } from 'node:crypto';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { makeExchangeKeys } from '../../../src/transports/ssh2/exchange-keys.js';
import { within } from '../../support/within.js';

test('the public bytes are those of the private key, and two sides have one secret', () => {
  const [ours, theirs] = [makeExchangeKeys(), makeExchangeKeys()];
  for (const { privateKey, publicBytes } of [ours, theirs]) {
    assert.equal(publicBytes.length, 32);
    const derived = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
    assert.deepEqual(publicBytes, derived.subarray(-32));
  }
  assert.notDeepEqual(ours.publicBytes, theirs.publicBytes);
  assert.deepEqual(
    diffieHellman({ privateKey: ours.privateKey, publicKey: createPublicKey(theirs.privateKey) }),
    diffieHellman({ privateKey: theirs.privateKey, publicKey: createPublicKey(ours.privateKey) }),
  );
});

/** Where garbage is collected at random, as often as it takes: with Node 20 a pair that is exported stands still within 2,000. */
const AT_RANDOM = ['--random-gc-interval=60', '--input-type=module'];

test('garbage that is collected while keys are made stops nothing', () => {
  const address = pathToFileURL(join(process.cwd(), 'dist', 'src', 'transports', 'ssh2', 'exchange-keys.js')).href;
  const program = `import { makeExchangeKeys } from ${JSON.stringify(address)};
    for (let at = 0; at < 20_000; at++) {
      makeExchangeKeys();
      const other = [];
      for (let many = 0; many < at % 97; many++) other.push({ many });
    }
    console.log('made');`;
  const { stdout, signal, stderr } = spawnSync(process.execPath, [...AT_RANDOM, '--eval', program], {
    encoding: 'utf8',
    timeout: within(20_000),
    killSignal: 'SIGKILL',
  });
  assert.deepEqual([signal, stdout, stderr], [null, 'made\n', '']);
});

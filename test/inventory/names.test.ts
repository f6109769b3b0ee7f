import assert from 'node:assert/strict';
import { isIPv6 } from 'node:net';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { isAddress, isHostName, isIpv6 } from '../../src/inventory/names.js';

const hostNames: readonly (readonly [string, boolean])[] = [
  ['web01.example.com', true],
  ['a', true],
  ['10.0.0.5', true],
  ['db_1', true],
  ['_x', true],
  ['UPPER', true],
  ['x'.repeat(253), true],
  ['x'.repeat(254), false],
  ['', false],
  ['-oProxyCommand=x', false],
  ['web-', false],
  ['.web', false],
  ['web.', false],
  ['a b', false],
  ['a\tb', false],
  ['a\nb', false],
  ['a\n', false],
  ['a;b', false],
  ['$(x)', false],
  ['a/b', false],
  ['a@b', false],
  ['2001:db8::1', false],
  ['ümlaut', false],
  ['a\u202eb', false],
  ['=cmd', false],
];
for (const [name, expected] of hostNames)
  void test(`host name ${JSON.stringify(name.slice(0, 30))}`, () => assert.equal(isHostName(name), expected));

const addresses: readonly (readonly [string, boolean])[] = [
  ['::', true],
  ['::1', true],
  ['fe80::1%eth0', true],
  ['2001:db8:0:0:0:0:0:1', true],
  ['::ffff:192.0.2.1', true],
  ['1:2:3:4:5:6:7::', true],
  ['[::1]', false],
  ['[::1]:22', false],
  ['host:22', false],
  ['root@host', false],
  ['ssh://host', false],
  ['1:2:3:4:5:6:7:8:9', false],
  ['1::2::3', false],
  ['12345::', false],
  ['::1%', false],
  ['::1%-o', true],
  ['-::1', false],
  ['web1.example.com.', true],
  ['web1.example.com..', false],
  ['.', false],
  ['::1.', false],
];
for (const [address, expected] of addresses)
  void test(`address ${address}`, () => assert.equal(isAddress(address), expected));

const piece = fc.oneof(
  fc.constantFrom('', ':', '::', '0', '1', 'ffff', 'g', '12345', '192.0.2.1', '256.1.1.1', '1.2.3', '.', 'a'),
  fc.ipV6(),
);
void test('IPv6 as Node understands it', () =>
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 9 }).map((parts) => parts.join('')),
      (text) => assert.equal(isIpv6(text), isIPv6(text), text),
    ),
    { numRuns: 2000 },
  ));
void test('every generated IPv6 address is one', () => fc.assert(fc.property(fc.ipV6(), (address) => isIpv6(address))));

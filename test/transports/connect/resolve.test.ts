import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createLookUpChildren, type LookUpLimits } from '../../../src/transports/connect/dns-children.js';
import { createResolver, type ResolverOptions } from '../../../src/transports/connect/resolve.js';
import { within } from '../../support/within.js';

const CHILD = join(process.cwd(), 'dist', 'src', 'transports', 'connect', 'dns-child.js');
const closing: (() => void)[] = [];
after(() => closing.forEach((close) => close()));

function resolverWith(options: ResolverOptions): ReturnType<typeof createResolver> {
  const resolver = createResolver(options);
  closing.push(resolver.close);
  return resolver;
}
function childrenOf(file: string, limits?: LookUpLimits): ReturnType<typeof createLookUpChildren> {
  const children = createLookUpChildren(file, limits);
  closing.push(children.close);
  return children;
}

test('a name is looked up once, an address never, and failures are told', async () => {
  const asked: string[] = [];
  const { resolve } = resolverWith({
    children: {
      ask: (name) => {
        asked.push(name);
        return name === 'gone'
          ? Promise.reject(Object.assign(new Error('getaddrinfo ENOTFOUND gone'), { code: 'ENOTFOUND' }))
          : Promise.resolve(['192.0.2.1', '192.0.2.1']);
      },
      close: () => undefined,
    },
  });
  const answers = await Promise.all(['db1', 'db1', '10.0.0.5', '2001:db8::1', 'gone'].map((name) => resolve(name)));
  assert.deepEqual(asked, ['db1', 'gone']);
  assert.deepEqual(
    answers.map((answer) => (answer.ok ? answer.addresses : answer.failure.code)),
    [['192.0.2.1'], ['192.0.2.1'], ['10.0.0.5'], ['2001:db8::1'], 'name-not-resolved'],
  );
});

test('nothing is looked up in this process as long as there is a child', { timeout: within(10_000) }, async () => {
  const { resolve } = resolverWith({
    ask: () => assert.fail('no exit could come before its end'),
    children: childrenOf(CHILD, { children: 2, first: 1, each: 8 }),
  });
  const answers = await Promise.all(
    ['localhost', 'localhost.', 'ip6-localhost', 'localhost'].map((name) => resolve(name)),
  );
  assert.ok(answers[0]?.ok === true && answers[0].addresses.some((each) => each === '127.0.0.1' || each === '::1'));
});

test('an address starts no child', async () => {
  const { resolve } = resolverWith({
    children: { ask: () => assert.fail('a child was asked'), close: () => undefined },
  });
  assert.ok((await resolve('192.0.2.1')).ok);
});

test('a child says what getaddrinfo says, failures with their code', { timeout: within(20_000) }, async () => {
  const children = childrenOf(CHILD, { children: 2, each: 2 });
  const names = Array.from({ length: 12 }, () => 'localhost');
  for (const addresses of await Promise.all(names.map((name) => children.ask(name))))
    assert.ok(addresses?.some((address) => address === '127.0.0.1' || address === '::1'));
  await assert.rejects(
    children.ask('no such name'),
    (thrown) =>
      thrown instanceof Error &&
      'code' in thrown &&
      typeof thrown.code === 'string' &&
      /^(?:ENOTFOUND|EAI_)/.test(thrown.code),
  );
});

test('where no child lives, names are looked up here', { timeout: within(10_000) }, async () => {
  const children = childrenOf(join(process.cwd(), 'there-is-no-such-file.js'));
  assert.equal(await children.ask('localhost'), undefined);
  assert.equal(await children.ask('localhost'), undefined);
  const slow = new Promise<readonly string[]>((done) => setTimeout(done, 50, ['192.0.2.1']));
  const { resolve } = resolverWith({ ask: () => slow, slots: 1, children });
  const answers = await Promise.all(['a', 'b', 'c'].map((name) => resolve(name)));
  assert.ok(answers.every(({ ok }) => ok));
});

test('a child that is closed leaves nobody waiting', { timeout: within(10_000) }, async () => {
  const children = createLookUpChildren(CHILD);
  const answer = children.ask('localhost');
  children.close();
  assert.equal(await answer, undefined);
});

test('what hangs when a run is closed is not asked again here', { timeout: within(10_000) }, async () => {
  const stopped: (() => void)[] = [];
  const { resolve, close } = createResolver({
    ask: () => assert.fail('no exit could come before its end'),
    children: {
      ask: () => new Promise((answer) => stopped.push(() => answer(undefined))),
      close: () => stopped.forEach((stop) => stop()),
    },
  });
  const answer = resolve('dead');
  close();
  assert.equal((await answer).ok, false);
});

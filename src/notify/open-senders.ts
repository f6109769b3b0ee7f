import { createDiagnosticSink, type Diagnostic, type Loaded, toLoaded } from '../model/diagnostic.js';
import { isThisMachine } from '../news/targets/load.js';
import type { SecretPlace, NotifyTarget, TellingWay } from '../news/targets/target.js';
import { clean } from '../text/clean.js';
import { commandSender } from './senders/command.js';
import { mailSender } from './senders/mail.js';
import { slackSender } from './senders/slack.js';
import { teamsSender } from './senders/teams.js';
import { webhookSender } from './senders/webhook.js';
import type { PostTo } from './post.js';
import { hidden, readSecret } from './secrets.js';
import type { Sender } from './sender.js';

const MAX_REASON = 400;

/** A target that can be sent to: what goes wrong is told without its secrets. */
export interface OpenTarget extends NotifyTarget {
  readonly sender: Sender;
}

type Sink = ReturnType<typeof createDiagnosticSink>;

function problem(message: string, at: SecretPlace['at'], help: string): Diagnostic {
  return { code: 'notify/url', severity: 'error', message, at, help };
}

/** The address is a secret: nothing of it is told but its host. */
function addressIn(secret: string, place: SecretPlace, sink: Sink): URL | undefined {
  const url = URL.canParse(secret) ? new URL(secret) : undefined;
  const where = place.kind === 'file' ? clean(place.file, 300) : `$${place.variable}`;
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    sink.add(problem(`${where} holds no address`, place.at, 'put one line into it: https://…'));
    return undefined;
  }
  if (url.protocol === 'http:' && !isThisMachine(url.hostname.replace(/^\[(.*)\]$/, '$1'))) {
    sink.add(
      problem(
        `the address in ${where} would send the report to ${clean(url.hostname, 100)} in clear`,
        place.at,
        'use https; http is for a relay on this machine (localhost) alone',
      ),
    );
    return undefined;
  }
  return url;
}

/** Every secret that a way needs, and the sender that has them; no sender where one is missing. */
function senderOf(
  way: TellingWay,
  env: NodeJS.ProcessEnv,
  sink: Sink,
): { readonly sender?: Sender; readonly secrets: readonly string[] } {
  const secrets: string[] = [];
  const secretIn = (place: SecretPlace | undefined): string | undefined => {
    const text = place && sink.take(readSecret(place, env));
    if (text !== undefined) secrets.push(text);
    return text;
  };
  const certificates =
    way.kind === 'command' || way.ca === undefined ? undefined : sink.take(readSecret(way.ca, env, true));
  if (way.kind === 'command') return { sender: commandSender(way.run, way.timeoutMs), secrets };
  if (way.kind === 'mail') {
    const pass = secretIn(way.password);
    const login = way.user === undefined || pass === undefined ? undefined : { user: way.user, pass };
    return { sender: mailSender({ ...way, login, ca: certificates }), secrets };
  }
  const headers: Record<string, string> = {};
  if (way.kind === 'webhook') for (const [name, place] of way.headers) headers[name] = secretIn(place) ?? '';
  const text = secretIn(way.url);
  const url = text === undefined ? undefined : addressIn(text, way.url, sink);
  if (url === undefined) return { secrets };
  secrets.push(url.href);
  const to: PostTo = {
    url,
    proxy: way.proxy === undefined ? undefined : new URL(way.proxy),
    ca: certificates,
    headers,
    timeoutMs: way.timeoutMs,
  };
  const open = { slack: slackSender, teams: teamsSender, webhook: webhookSender }[way.kind];
  return { sender: open(to), secrets };
}

/** Shorter words stand in any sentence. */
const LEAST_SECRET = 6;

/** A secret and its parts: a server may say again the token alone. */
function wordsOf(secret: string): readonly string[] {
  const address = URL.canParse(secret) ? new URL(secret) : undefined;
  const path =
    address === undefined ? secret : `${address.username} ${address.password} ${address.pathname} ${address.search}`;
  const parts = path.split(/[\s/?&=,;]+/).filter(({ length }) => length >= LEAST_SECRET);
  return [secret, ...parts, ...parts.map((part) => decoded(part))];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // it is no code of anything
  }
}

function withoutSecrets(sender: Sender, secrets: readonly string[]): Sender {
  return {
    send: async (message, signal) => {
      try {
        await sender.send(message, signal);
      } catch (thrown) {
        // oxlint-disable-next-line preserve-caught-error -- a cause would hold what is hidden here
        throw new Error(clean(hidden(thrown instanceof Error ? thrown.message : String(thrown), secrets), MAX_REASON));
      }
    },
  };
}

/** Reads the secrets of all targets; what is missing is reported together. Nobody is contacted. */
export function openSenders(targets: readonly NotifyTarget[], env: NodeJS.ProcessEnv): Loaded<readonly OpenTarget[]> {
  const sink = createDiagnosticSink();
  const opened = targets.flatMap((target): readonly OpenTarget[] => {
    const { sender, secrets } = senderOf(target.way, env, sink);
    return sender === undefined ? [] : [{ ...target, sender: withoutSecrets(sender, secrets.flatMap(wordsOf)) }];
  });
  return toLoaded(opened, sink.all());
}

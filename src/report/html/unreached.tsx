import { renderToString } from 'preact-render-to-string';
import { HostItem } from './case.js';
import { many } from './parts.js';
import type { Survey, Unreached } from './survey.js';

const MAX_OPEN = 12;
const CHUNK = 100;

function* reasonHtml({ code, means, toDo, hosts }: Unreached): Iterable<string> {
  const isLong = hosts.length > MAX_OPEN;
  yield `<article class="case" data-status="unreachable" data-severity="">${renderToString(
    <>
      <h3>
        {many(hosts.length, 'host')}: {means} <code>{code}</code>
      </h3>
      <p class="todo">
        <b>Way out:</b> {toDo}
      </p>
    </>,
  )}`;
  if (isLong) yield `<details class="list"><summary>${many(hosts.length, 'host')}</summary>`;
  yield '<ul class="names">';
  for (let start = 0; start < hosts.length; start += CHUNK)
    yield renderToString(
      <>
        {hosts.slice(start, start + CHUNK).map(({ detail, ...line }) => (
          <HostItem line={line} detail={detail} />
        ))}
      </>,
    );
  yield '</ul>';
  if (isLong) yield '</details>';
  yield '</article>\n';
}

/** Hosts of which nothing is known, why, and the way out. */
export function* unreachedHtml({ unreached }: Survey): Iterable<string> {
  if (unreached.length === 0) return;
  yield '<section id="unreached" aria-labelledby="unreached-title"><h2 id="unreached-title">Not reached</h2><p class="more">Nothing is known of these hosts: no rule passes on them.</p>';
  for (const each of unreached) yield* reasonHtml(each);
  yield '</section>\n';
}

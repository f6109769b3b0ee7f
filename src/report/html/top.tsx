import type { VNode } from 'preact';
import { HOST_STATUSES } from '../../model/report.js';
import { SEVERITIES } from '../../model/verdict.js';
import { compliantHosts, formatGate, formatStatuses, STATUS_WORDS } from '../status-words.js';
import { Bar, inWords, many, number, severityShares, statusShares } from './parts.js';
import type { Survey } from './survey.js';

const HEADLINES: Readonly<Record<number, string>> = {
  1: 'Not compliant',
  2: 'Nothing was judged',
  3: 'Incomplete',
  4: 'kernward failed',
  130: 'Interrupted',
  143: 'Interrupted',
};

/** Exit 0 is no word for compliant: a gate may let findings pass. */
function headline({ header, summary }: Survey): string {
  const { exitCode, hosts, statuses } = summary;
  if (exitCode !== 0) return HEADLINES[exitCode] ?? `Exit ${exitCode}`;
  if (hosts > 0 && statuses.clean === hosts) return 'Compliant';
  return hosts > 0 && compliantHosts(statuses) === hosts && header.gate.failOn !== 'never'
    ? 'Compliant, with lesser findings'
    : 'Passed, with findings';
}

function Legend({ survey: { header, summary } }: { readonly survey: Survey }): VNode {
  const gate = formatGate(header.gate);
  return (
    <dl class="figures">
      {HOST_STATUSES.map((status) => (
        <div class={`figure ${status}${summary.statuses[status] === 0 ? ' none' : ''}`}>
          <dt>
            {STATUS_WORDS[status]}
            {status === 'failing' && gate !== '' ? ` (${gate})` : ''}
          </dt>
          <dd>{number(summary.statuses[status])}</dd>
        </div>
      ))}
    </dl>
  );
}

function Fails({ survey: { summary } }: { readonly survey: Survey }): VNode {
  const fails = severityShares(summary.fails);
  const whole = SEVERITIES.reduce((sum, severity) => sum + summary.fails[severity], 0);
  const waived = summary.waived === 0 ? '' : `; ${many(summary.waived, 'result')} waived`;
  return (
    <p class="fails">
      <Bar shares={fails} whole={whole} label={`Unwaived fails by severity: ${inWords(fails)}`} />
      <span>
        {whole === 0
          ? `No rule fails unwaived${waived}.`
          : `${many(whole, 'unwaived fail')}: ${inWords(fails)}${waived}.`}
      </span>
    </p>
  );
}

/** Which run this is, and the verdict: what is read when nothing else is. */
export function Top({ survey }: { readonly survey: Survey }): VNode {
  const { header, summary } = survey;
  const statuses = statusShares(summary.statuses);
  return (
    <header class="top">
      <p class="eyebrow">
        kernward · {many(summary.hosts, 'host')} of {header.inventory.join(', ')}
        {header.limit === undefined ? '' : ` · limit ${header.limit}`}
        {header.profileOverride === undefined ? '' : ` · profile ${header.profileOverride} for all`} ·{' '}
        <time>{header.startedAt}</time>
        {header.rerun === undefined
          ? ''
          : ` · ${many(header.rerun.asked, 'host')} asked again, the others as of before`}
      </p>
      <h1 class={`exit-${summary.exitCode}`}>{headline(survey)}</h1>
      <p class="verdict">
        Exit {summary.exitCode}: {summary.verdict}.
      </p>
      <Bar
        shares={statuses}
        whole={summary.hosts}
        label={`Hosts by status: ${formatStatuses(summary.statuses, header.gate)}`}
      />
      <Legend survey={survey} />
      <Fails survey={survey} />
    </header>
  );
}

/** @param sections those that the page has, by fragment */
export function Contents({
  sections,
}: {
  readonly sections: readonly (readonly [fragment: string, title: string])[];
}): VNode {
  return (
    <nav class="contents" aria-label="Contents">
      <ul>
        {sections.map(([fragment, title]) => (
          <li>
            <a href={`#${fragment}`}>{title}</a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

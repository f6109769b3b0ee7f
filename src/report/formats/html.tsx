import { renderToString } from 'preact-render-to-string';
import type { VNode } from 'preact';
import type { Format } from '../../model/report.js';
import { byteLength } from '../../render/markdown.js';
import { AttentionSection } from '../html/attention.js';
import { Changes } from '../html/changes.js';
import { END, HEAD } from '../html/frame.js';
import { Groups } from '../html/groups.js';
import { hostsHtml } from '../html/hosts.js';
import { RulesSection } from '../html/rules.js';
import { toSurvey, type Survey } from '../html/survey.js';
import { TheRun } from '../html/the-run.js';
import { Contents, Top } from '../html/top.js';
import { Trend } from '../html/trend.js';
import { unreachedHtml } from '../html/unreached.js';
import { WaiversSection } from '../html/waivers.js';

interface Section {
  readonly fragment: string;
  readonly title: string;
  /** Nothing where the report has nothing of it. @param writtenBytes what the sections before it took of the page */
  readonly html: (survey: Survey, writtenBytes: number) => Iterable<string>;
  readonly isThere?: (survey: Survey) => boolean;
}

function whole(Part: (props: { readonly survey: Survey }) => VNode | null) {
  return (survey: Survey): readonly string[] => [renderToString(<Part survey={survey} />), '\n'];
}

const SECTIONS: readonly Section[] = [
  { fragment: 'attention', title: 'Attention', html: whole(AttentionSection) },
  {
    fragment: 'trend',
    title: 'History',
    html: whole(Trend),
    isThere: ({ summary }) => (summary.trend ?? []).length > 1,
  },
  { fragment: 'groups', title: 'Groups', html: whole(Groups) },
  { fragment: 'rules', title: 'Rules', html: whole(RulesSection) },
  { fragment: 'hosts', title: 'Hosts', html: hostsHtml },
  {
    fragment: 'unreached',
    title: 'Not reached',
    html: unreachedHtml,
    isThere: ({ unreached }) => unreached.length > 0,
  },
  {
    fragment: 'waivers',
    title: 'Waivers',
    html: whole(WaiversSection),
    isThere: ({ summary }) => summary.waived > 0 || (summary.waivers ?? []).length > 0,
  },
  {
    fragment: 'changes',
    title: 'Changes',
    html: whole(Changes),
    isThere: ({ header }) => header.baseline !== undefined,
  },
  { fragment: 'run', title: 'The run', html: whole(TheRun) },
];

/** One file to mail or to archive: needs no network, and no script to be read. */
export const html: Format = {
  id: 'html',
  title: 'a page to mail or to archive, one file, for everybody',
  extension: '.html',
  *render(report, options) {
    const survey = yield* toSurvey(report, options);
    const sections = SECTIONS.filter(({ isThere }) => isThere?.(survey) ?? true);
    yield HEAD;
    yield `${renderToString(<title>{`kernward: ${survey.header.inventory.join(', ')}, ${survey.header.startedAt}`}</title>)}\n</head>\n<body>\n<a class="skip" href="#attention">Skip to what needs attention</a>\n`;
    yield renderToString(<Top survey={survey} />);
    yield renderToString(<Contents sections={sections.map(({ fragment, title }) => [fragment, title])} />);
    yield '\n<main>\n';
    let writtenBytes = 0;
    for (const section of sections)
      for (const chunk of section.html(survey, writtenBytes)) {
        writtenBytes += byteLength(chunk);
        yield chunk;
      }
    yield `</main>\n${renderToString(
      <footer>
        Made by kernward {survey.header.kernward} out of the run {survey.header.runId}. This file needs no network: it
        loads nothing and sends nothing.
      </footer>,
    )}\n`;
    yield END;
  },
};

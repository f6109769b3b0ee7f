import type { News } from '../../model/news.js';
import { sectionsOf, type Section } from '../in-words.js';

/**
 * What the trigger "When a Teams webhook request is received" of Workflows takes: a message with one Adaptive Card. All that
 * holds values of hosts is a TextRun, in which Markdown is not read; nobody is mentioned, since there are no entities.
 *
 * @see https://learn.microsoft.com/en-us/connectors/teams/ (the trigger, and that a message has at most 28 KB)
 * @see https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook (the envelope)
 * @see https://adaptivecards.io/explorer/TextRun.html ("Markdown is not supported")
 * @see https://learn.microsoft.com/en-us/microsoftteams/platform/task-modules-and-cards/cards/cards-format (msteams.width, which is Teams' own)
 */
interface TextRun {
  readonly type: 'TextRun';
  readonly text: string;
  readonly weight?: 'Bolder';
  readonly size?: 'Large';
}
interface RichTextBlock {
  readonly type: 'RichTextBlock';
  readonly separator?: true;
  readonly inlines: readonly TextRun[];
}
interface AdaptiveCard {
  readonly $schema: 'http://adaptivecards.io/schemas/adaptive-card.json';
  readonly type: 'AdaptiveCard';
  readonly version: '1.4';
  readonly msteams: { readonly width: 'Full' };
  readonly body: readonly RichTextBlock[];
}
export interface TeamsMessage {
  readonly type: 'message';
  readonly attachments: readonly {
    readonly contentType: 'application/vnd.microsoft.card.adaptive';
    readonly contentUrl: null;
    readonly content: AdaptiveCard;
  }[];
}

/** Of the whole message, in bytes of UTF-8, with room for its frame. */
const MAX_BYTES = 24 * 1024;

function bytesOf(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).length;
}

function blocksOf({ title, lines }: Section, index: number): readonly RichTextBlock[] {
  const head: RichTextBlock = {
    type: 'RichTextBlock',
    ...(index === 0 ? {} : { separator: true }),
    inlines: [{ type: 'TextRun', text: title, weight: 'Bolder', ...(index === 0 ? { size: 'Large' } : {}) }],
  };
  return [
    head,
    ...lines.map((text): RichTextBlock => ({ type: 'RichTextBlock', inlines: [{ type: 'TextRun', text }] })),
  ];
}

export function teamsMessage(news: News): TeamsMessage {
  const body: RichTextBlock[] = [];
  let bytes = 0;
  for (const block of sectionsOf(news).flatMap(blocksOf)) {
    bytes += bytesOf(block) + 1;
    if (bytes > MAX_BYTES) {
      body.push({ type: 'RichTextBlock', inlines: [{ type: 'TextRun', text: '… the rest stands in the report' }] });
      break;
    }
    body.push(block);
  }
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          msteams: { width: 'Full' },
          body,
        },
      },
    ],
  };
}

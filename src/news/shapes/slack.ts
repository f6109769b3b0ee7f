import type { News } from '../../model/news.js';
import { headline, sectionsOf } from '../in-words.js';

/**
 * An incoming webhook of Slack. Every text that holds values of hosts is `plain_text`, in which nothing is markup and nobody
 * is called (`<!channel>`); the fallback is escaped as Slack asks for it.
 *
 * @see https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
 * @see https://docs.slack.dev/reference/block-kit/blocks (a header 150 characters, a section 3,000, a message 50 blocks)
 * @see https://docs.slack.dev/messaging/formatting-message-text#escaping
 */
interface PlainText {
  readonly type: 'plain_text';
  readonly text: string;
  readonly emoji: false;
}
interface SlackBlock {
  readonly type: 'header' | 'section';
  readonly text: PlainText;
}
export interface SlackMessage {
  readonly text: string;
  readonly mrkdwn: false;
  readonly blocks: readonly SlackBlock[];
}

const MAX_HEADER = 150;
const MAX_SECTION = 2900;
/** Of all texts together: Slack refuses some more than 13,000 characters as msg_blocks_too_long. */
const MAX_WHOLE = 12_000;

function cut(text: string, most: number): string {
  // Never between the halves of one character.
  return text.length <= most ? text : `${text.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

function plain(text: string, most: number): PlainText {
  return { type: 'plain_text', text: cut(text, most), emoji: false };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

export function slackMessage(news: News): SlackMessage {
  const sections = sectionsOf(news);
  let left = MAX_WHOLE;
  const blocks = sections.flatMap(({ title, lines }): readonly SlackBlock[] => {
    const text = plain(lines.join('\n'), Math.min(MAX_SECTION, left));
    left = Math.max(1, left - title.length - text.text.length);
    return [
      { type: 'header', text: plain(title, MAX_HEADER) },
      ...(lines.length === 0 || left <= 1 ? [] : [{ type: 'section' as const, text }]),
    ];
  });
  return { text: escaped(headline(news)), mrkdwn: false, blocks };
}

import type { News } from '../../model/news.js';
import { wrap } from '../../render/wrap.js';
import { xmlText } from '../../render/xml.js';
import { headline, sectionsOf, type Section } from '../in-words.js';

export interface MailText {
  /** One line without a control character. */
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** https://www.rfc-editor.org/rfc/rfc5322#section-2.1.1 */
const COLUMNS = 78;

function indented(line: string): readonly string[] {
  const words = line.trimStart();
  const indent = ' '.repeat(2 + line.length - words.length);
  return wrap(words, COLUMNS - indent.length - 2).map((each, index) => `${indent}${index === 0 ? '' : '  '}${each}`);
}

function asText({ title, lines }: Section): string {
  return [...wrap(title, COLUMNS), ...lines.flatMap(indented)].join('\n');
}

function asHtml({ title, lines }: Section, index: number): string {
  const tag = index === 0 ? 'h1' : 'h2';
  const items = lines.map((line) => `<li>${xmlText(line.trimStart())}</li>`).join('\n');
  return `<${tag}>${xmlText(title)}</${tag}>\n${items === '' ? '' : `<ul>\n${items}\n</ul>\n`}`;
}

export function mailText(news: News): MailText {
  const sections = sectionsOf(news);
  return {
    subject: headline(news),
    text: `${sections.map(asText).join('\n\n')}\n`,
    html: `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"></head><body>\n${sections.map(asHtml).join('')}</body></html>\n`,
  };
}

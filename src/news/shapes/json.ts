import type { News } from '../../model/news.js';
import { headline } from '../in-words.js';

/** Raised when a field changes its meaning or goes. */
const SCHEMA = 1;

/** The shape of our own, for webhooks and commands: schemas/news.schema.json. */
export function newsJson(news: News): string {
  return `${JSON.stringify({ kind: 'kernward-news', schema: SCHEMA, headline: headline(news), ...news })}\n`;
}

import { newsJson } from '../../news/shapes/json.js';
import { post, type PostTo } from '../post.js';
import type { Sender } from '../sender.js';

/** Our own JSON, to whoever takes it. */
export function webhookSender(to: PostTo): Sender {
  return { send: ({ news }, signal) => post(to, newsJson(news), signal) };
}

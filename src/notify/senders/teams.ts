import { teamsMessage } from '../../news/shapes/teams.js';
import { post, type PostTo } from '../post.js';
import type { Sender } from '../sender.js';

/** A workflow answers 202: it has taken the message, and posts it later. */
export function teamsSender(to: PostTo): Sender {
  return { send: ({ news }, signal) => post(to, JSON.stringify(teamsMessage(news)), signal) };
}

import { slackMessage } from '../../news/shapes/slack.js';
import { post, type PostTo } from '../post.js';
import type { Sender } from '../sender.js';

export function slackSender(to: PostTo): Sender {
  return { send: ({ news }, signal) => post(to, JSON.stringify(slackMessage(news)), signal) };
}

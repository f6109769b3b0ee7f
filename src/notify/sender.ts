import type { News } from '../model/news.js';

/** The HTML page of the report, or why it is not attached. */
export type AttachedPage = { readonly html: string } | { readonly left: string };

/** What a message is made of. */
export interface Message {
  readonly news: News;
  /** Made when somebody asks for it, and once. */
  readonly page: () => Promise<AttachedPage>;
}

/** One way to be told, with all that it needs: addresses, secrets, limits. */
export interface Sender {
  /**
   * Delivers a message once, and takes at most its own time.
   *
   * @param signal gives it up
   * @throws a sentence without a secret: it was not delivered, or nobody knows whether it was
   */
  readonly send: (message: Message, signal: AbortSignal) => Promise<void>;
}

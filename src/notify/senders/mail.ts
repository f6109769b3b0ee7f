import { rootCertificates } from 'node:tls';
import type { Attachment } from 'nodemailer';
import { defined } from '../../language/defined.js';
import { mailText } from '../../news/shapes/mail.js';
import { count } from '../../text/count.js';
import type { Message, Sender } from '../sender.js';

/** A server that takes mail, and whom it is for. */
export interface MailTo {
  readonly host: string;
  readonly port: number;
  readonly tls: 'starttls' | 'implicit' | 'none';
  readonly from: string;
  readonly to: readonly string[];
  readonly login: { readonly user: string; readonly pass: string } | undefined;
  /** PEM: authorities that are trusted besides those of Node. */
  readonly ca: string | undefined;
  readonly hasPage: boolean;
  readonly timeoutMs: number;
}

async function attached({ page }: Message): Promise<{
  readonly attachments: readonly Attachment[];
  readonly note: string;
}> {
  const made = await page();
  return 'left' in made
    ? { attachments: [], note: `\n${made.left}\n` }
    : {
        attachments: [
          {
            filename: 'kernward.html',
            content: made.html,
            contentType: 'text/html; charset=utf-8',
            contentDisposition: 'attachment',
          },
        ],
        note: '\nThe page of the whole report is attached: kernward.html\n',
      };
}

/** How long a server that has taken the mail may keep the connection open. */
const CLOSE_MS = 1000;

/** Loaded only now: few runs send a mail. */
async function openServer({ host, port, tls, login, ca, timeoutMs }: MailTo) {
  const { createTransport } = await import('nodemailer');
  return createTransport({
    host,
    port,
    secure: tls === 'implicit',
    requireTLS: tls === 'starttls',
    ignoreTLS: tls === 'none',
    tls: { rejectUnauthorized: true, ...(ca === undefined ? {} : { ca: [...rootCertificates, ca] }) },
    // The whole delivery has its time; these only see to it that nothing is left, and are not to be first with other words.
    connectionTimeout: 2 * timeoutMs,
    greetingTimeout: 2 * timeoutMs,
    socketTimeout: 2 * timeoutMs,
    dnsTimeout: timeoutMs,
    socketCloseTimeout: CLOSE_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...defined({ auth: login }),
  });
}

/** One mail to all of them, over SMTP. Delivered is what the server takes for every one. */
export function mailSender(to: MailTo): Sender {
  return {
    send: async (message, signal) => {
      const { subject, text, html } = mailText(message.news);
      const { attachments, note } = to.hasPage ? await attached(message) : { attachments: [], note: '' };
      const server = await openServer(to);
      const deadline = AbortSignal.timeout(to.timeoutMs);
      const either = AbortSignal.any([signal, deadline]);
      const gaveUp = new Promise<never>((_, reject) => {
        const stop = (): void =>
          reject(
            new Error(
              deadline.aborted
                ? `${to.host} did not take the mail within ${to.timeoutMs / 1000} s`
                : 'the run was interrupted meanwhile',
            ),
          );
        if (either.aborted) stop();
        else either.addEventListener('abort', stop, { once: true });
      });
      try {
        const { rejected } = await Promise.race([
          server.sendMail({
            from: to.from,
            to: [...to.to],
            subject,
            text: `${text}${note}`,
            html,
            attachments: [...attachments],
            // Ends the connection too; closing the transport does not, and its time-outs count silence alone.
            signal: either,
            // https://www.rfc-editor.org/rfc/rfc3834: nobody's holiday answers it.
            headers: { 'Auto-Submitted': 'auto-generated' },
          }),
          gaveUp,
        ]);
        if (rejected.length > 0)
          throw new Error(`${to.host} refused ${count(rejected.length, 'recipient')} of ${to.to.length}`);
      } finally {
        server.close();
      }
    },
  };
}

/**
 * Run as a program: a web server and an SMTP server on this machine that note what they get, a line of JSON each, in the file
 * that is its argument. It says its ports, and ends when its standard input does.
 */
import { appendFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';
import { startWebServer } from './web-server.js';

const [, , file = ''] = process.argv;
const note = (kind: string, said: string): void => appendFileSync(file, `${JSON.stringify({ kind, said })}\n`);

const web = await startWebServer();
web.answer = ({ url = '' }, response) => {
  note(url, web.got.at(-1)?.body ?? '');
  response.end('ok');
};
const mail = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS', 'AUTH'],
  onData: (stream, _, done) => {
    void text(stream).then((raw) => {
      note('mail', raw);
      done();
    });
  },
});
const listening = mail.listen(0, '127.0.0.1', () => {
  const address = listening.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  process.stdout.write(`${JSON.stringify({ web: web.port, mail: port })}\n`);
});
process.stdin.resume().on('end', () => process.exit(0));

/**
 * Runs commands for whoever asks at a socket, one after the other (commands.ts): for the command `kernward` of a shell script
 * (on-path.ts), while the test waits for that script. Ends with what started it.
 */
import { createServer } from 'node:net';
import { runCommand } from './commands.js';

const [, , socketFile = ''] = process.argv;

/** As `ask.pl` sends it: umask, folder, number of arguments, arguments, environment. */
function parsed(text: string): Parameters<typeof runCommand>[0] {
  const [umask = '', folder = '', count = '', ...rest] = text.split('\0');
  const env = rest.slice(Number(count)).map((pair): [string, string] => {
    const at = pair.indexOf('=');
    return [pair.slice(0, at), pair.slice(at + 1)];
  });
  return { umask: Number(umask), folder, args: rest.slice(0, Number(count)), env: Object.fromEntries(env) };
}

createServer({ allowHalfOpen: true }, (socket) => {
  const heard: Buffer[] = [];
  socket.on('data', (bytes) => heard.push(bytes));
  socket.on('error', () => undefined); // who asked has gone, and gets no answer
  socket.on('end', () => {
    void runCommand(parsed(Buffer.concat(heard).toString('utf8')))
      .catch((error: unknown) => ({ status: null, stdout: '', stderr: String(error) }))
      .then(({ status, stdout, stderr }) => {
        const [out, complaint] = [Buffer.from(stdout), Buffer.from(stderr)];
        socket.end(Buffer.concat([Buffer.from(`${status ?? 70} ${out.length}\n`), out, complaint]));
      });
  });
}).listen(socketFile);
process.stdin.resume().on('end', () => process.exit());

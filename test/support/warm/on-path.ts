import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { within } from '../within.js';

const SERVER = fileURLToPath(new URL('serve.js', import.meta.url));

/** Asks the server; what reads from a pipe or a file, and what serves for long, is a process of its own. */
const ASK = `use Socket; use Cwd;
my ($at, @real) = splice(@ARGV, 0, 3);
exec(@real, @ARGV) if -p STDIN || -f STDIN || $ARGV[0] =~ /^(?:demo|dispatch|worker)$/;
my $s;
socket($s, PF_UNIX, SOCK_STREAM, 0) && connect($s, pack_sockaddr_un($at)) || die "kernward: $at: $!\\n";
select($s); $| = 1;
print $s join("\\0", umask, getcwd(), scalar(@ARGV), @ARGV, map { "$_=$ENV{$_}" } keys %ENV);
shutdown($s, 1);
select(STDOUT);
local $/;
my ($status, $out, $said) = <$s> =~ /^(\\d+) (\\d+)\\n(.*)$/s or die "kernward: no answer\\n";
print substr($said, 0, $out);
print STDERR substr($said, $out);
exit $status;
`;

let socketFile: string | undefined;

/** Waits without the loop: whoever asks for a command waits so, too. */
function startServer(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kernward-warm-'));
  const file = join(folder, 'socket');
  const child = spawn(process.execPath, [SERVER, file], { stdio: ['pipe', 'ignore', 'inherit'] });
  child.unref();
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (const end = Date.now() + within(20_000); !existsSync(file); Atomics.wait(pause, 0, 0, 20))
    if (Date.now() > end) throw new Error('what runs commands has not started');
  return file;
}

/**
 * A line of sh that is the command `kernward` of a script: its arguments, folder, environment and umask are those of the script,
 * and so are what it prints and its code; the process that does it has run others before (commands.ts).
 *
 * @param program what it is in a process of its own: Node and the main module
 */
export function commandOnPath(program: readonly [node: string, main: string]): string {
  socketFile ??= startServer();
  const words = [socketFile, ...program].map((word) => `'${word}'`).join(' ');
  return `exec /usr/bin/perl -e '${ASK.replaceAll("'", String.raw`'\''`)}' ${words} "$@"`;
}

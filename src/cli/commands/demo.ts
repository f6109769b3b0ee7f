import { resolve } from 'node:path';
import { Command } from 'commander';

export function demoCommand(): Command {
  return new Command('demo')
    .description('an embedded fleet on loopback, scanned for real; exits 0 when every host was judged as expected')
    .option('--folder <DIR>', 'where the reports go', 'kernward-demo')
    .action(async ({ folder }: { readonly folder: string }) => {
      const { demo } = await import('../actions/rarely.js');
      process.exitCode = await demo(resolve(folder));
    });
}

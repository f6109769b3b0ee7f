import { Command } from 'commander';

export function versionCommand(): Command {
  return new Command('version')
    .description('say which kernward this is: version, commit, Node.js, ssh, and the digest of its policies')
    .option('--json', 'as JSON (schemas/version.schema.json)')
    .action(async ({ json }: { readonly json?: boolean }) => {
      const { printVersion } = await import('../actions/index.js');
      printVersion(json === true);
    });
}

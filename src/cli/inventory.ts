import { Command } from 'commander';
import { clean } from '../text/clean.js';
import { loadHosts, profileNames } from './load.js';
import { type HostOptions, withHosts } from './options.js';

/** The hosts as kernward understands them: what would be contacted, as whom, judged by which profile. */
const list = (): Command =>
  withHosts(new Command('list').description('the hosts as they would be contacted, one JSON line each')).action(async (options: HostOptions) => {
    for (const { at, ...host } of (await loadHosts(options, profileNames())).hosts) process.stdout.write(`${JSON.stringify({ ...host, definedAt: `${at.file}:${at.line}` })}\n`);
  });

const check = (): Command =>
  withHosts(new Command('check').description('every mistake in the inventory; nobody is contacted')).action(async (options: HostOptions) => {
    const { inventory, hosts } = await loadHosts(options, profileNames());
    process.stdout.write(`${inventory.files.map((file) => clean(file)).join(', ')}: ${hosts.length} hosts in ${inventory.groups.size} groups\n`);
  });

export const inventoryCommand = (): Command =>
  new Command('inventory').description('look at an inventory without contacting anybody').addCommand(list()).addCommand(check());

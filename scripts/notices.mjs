// What is bundled into the command, with its licence: made from what esbuild says that it took.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const LICENCE = /^(?:licen[cs]e|copying|notice)(?:[.-].*)?$/iu;

/** `node_modules/a/node_modules/@b/c/index.js`: the folder of the package that holds it. */
function packageFolder(input) {
  return /^(?<folder>(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+)\//u.exec(input)?.groups.folder;
}

/** The folders of the packages that something was taken from. */
export function bundledPackages(built) {
  const inputs = built.flatMap(({ metafile }) => Object.keys(metafile.inputs));
  return [...new Set(inputs.flatMap((input) => packageFolder(input) ?? []))].sort((a, b) => (a < b ? -1 : 1));
}

/** The text of THIRD-PARTY-NOTICES. @throws where a package says no licence, or brings none */
export function notices(root, built) {
  const parts = bundledPackages(built).map((folder) => {
    const { name, version, license, licenses } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    // npm once had a list of objects.
    const type = license ?? licenses?.map((one) => one.type).join(' OR ');
    const files = readdirSync(join(root, folder))
      .filter((file) => LICENCE.test(file))
      .sort();
    if (typeof type !== 'string' || files.length === 0) throw new Error(`${folder} brings no licence`);
    const texts = files.map((file) => readFileSync(join(root, folder, file), 'utf8').trim());
    return `${name} ${version} (${type})\n\n${texts.join('\n\n')}\n`;
  });
  return `The command kernward holds code of these packages, as their licences allow.\n\n${parts.join(`\n${'-'.repeat(80)}\n\n`)}`;
}

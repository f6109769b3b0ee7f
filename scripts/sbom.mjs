// A bill of materials of what users install, CycloneDX 1.5, from the lock file: the same for the same lock. Not by `npm sbom`,
// which leaves out a package that a development tool wants as well (npm 11.19).
// @see https://cyclonedx.org/docs/1.5/json/
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { name, version, packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));

/** @see https://github.com/package-url/purl-spec */
const purl = (of, at) => `pkg:npm/${of.replace('@', '%40')}@${at}`;

const components = Object.entries(packages)
  .filter(([path, { dev, devOptional }]) => path !== '' && dev !== true && devOptional !== true)
  .map(([path, { version: at, license, integrity, optional }]) => {
    const of = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const sha512 = Buffer.from(integrity.slice('sha512-'.length), 'base64').toString('hex');
    return {
      type: 'library',
      'bom-ref': path,
      name: of,
      version: at,
      ...(optional === true ? { scope: 'optional' } : {}),
      hashes: [{ alg: 'SHA-512', content: sha512 }],
      ...(license === undefined ? {} : { licenses: [{ expression: license }] }),
      purl: purl(of, at),
    };
  });
const bom = {
  bomFormat: 'CycloneDX',
  specVersion: '1.5',
  version: 1,
  metadata: { component: { type: 'application', name, version, purl: purl(name, version) } },
  components,
};
process.stdout.write(`${JSON.stringify(bom, undefined, 2)}\n`);

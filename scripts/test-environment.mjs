// The environment that the tests run in: the same on every machine, whatever its user has set. A test that is about a locale,
// a time zone, an agent or a color sets it itself.
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

const STANDARD = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];
/** What is handed on: CI, where temporary files go, what a run of the tests is asked to do. */
const KEPT = [
  'CI',
  'TMPDIR',
  'UPDATE_GOLDEN',
  'BENCH_USAGE',
  'KERNWARD_SEED',
  'KERNWARD_FUZZ',
  'KERNWARD_DIFFERENTIAL',
  'KERNWARD_MUTATE',
  'KERNWARD_TEST_CONCURRENCY',
];

/** How this machine reaches the npm registry: a test that needs a package of it asks for it by name. */
const REGISTRY =
  /^(?:npm_config_(?:userconfig|globalconfig|registry|cafile|cache|proxy|https_proxy|noproxy)|https?_proxy|no_proxy|NODE_EXTRA_CA_CERTS)$/i;

/** Without what stands in the user's home: a version manager's `python3` is a script that costs more than the test. */
function pathOf(path, home) {
  const own = path.split(delimiter).filter((folder) => folder !== '' && !folder.startsWith(`${home}/`));
  return [...new Set([dirname(process.execPath), ...STANDARD.filter((folder) => existsSync(folder)), ...own])].join(
    delimiter,
  );
}

/** @param home an empty folder */
export function knownEnvironment(given, home) {
  const kept = Object.entries(given).filter(([name]) => KEPT.includes(name) || REGISTRY.test(name));
  return {
    npm_config_userconfig: join(homedir(), '.npmrc'),
    ...Object.fromEntries(kept),
    PATH: pathOf(given.PATH ?? '', homedir()),
    HOME: home,
    LANG: 'C.UTF-8',
    LC_ALL: 'C.UTF-8',
    TZ: 'UTC',
  };
}

import { unreadable, type Reading, type ReadFact } from '../../model/reading.js';
import type { Found } from './found.js';
import type { SupportData } from './schema.js';

function undetermined(why: string): Reading<never> {
  return unreadable('undetermined', why);
}

/** The text of a fact, or why there is none: an os-release that leaves a field out decides nothing. */
function textOf(read: ReadFact, id: string): { readonly text: string } | { readonly none: Reading<never> } {
  const reading = read(id);
  if (reading.state === 'unreadable') return { none: reading };
  if (reading.state === 'absent') return { none: undetermined(`${id} is absent: ${reading.witness}`) };
  return typeof reading.value === 'string'
    ? { text: reading.value }
    : { none: unreadable('malformed', `${id} is not a text`) };
}

function major(version: string): string {
  return /^\d+/.exec(version)?.[0] ?? version;
}

/** The release of the distribution among the dates that are known. */
export function findDistribution(all: readonly SupportData[], read: ReadFact): Found {
  const id = textOf(read, 'os.id');
  if ('none' in id) return id;
  const candidates = all.filter(({ distribution }) => distribution?.ids.includes(id.text) === true);
  if (candidates.length === 0)
    return { none: undetermined(`no dates of support are known for the distribution ${id.text}`) };
  const name = candidates.some(({ distribution }) => distribution?.name !== undefined)
    ? textOf(read, 'os.name')
    : { text: '' };
  if ('none' in name) return name;
  const data = candidates.find(
    ({ distribution }) => distribution?.name === undefined || distribution.name === name.text,
  );
  if (data === undefined) return { none: undetermined(`no dates of support are known for ${name.text}`) };
  const version = textOf(read, 'os.version_id');
  if ('none' in version) return version;
  const wanted = data.distribution?.release === 'major' ? major(version.text) : version.text;
  const release = data.releases.find((one) => one.release === wanted);
  if (release === undefined)
    return { none: undetermined(`the dates of ${data.asOf} do not name ${data.title} ${version.text}`) };
  return { data, release, name: `${data.title} ${release.release}` };
}

import { readYaml } from '../../../text/yaml/load.js';
import type { YamlSource } from '../../../text/yaml/load.js';
import type { InventoryFile, NamedText } from '../../inventory-file.js';
import { isMapping } from '../../../language/is-mapping.js';
import { complain } from '../model.js';
import type { AnsibleModel } from '../model.js';
import { readList } from './read-list.js';
import { shownAnsible } from '../shown.js';
import { textSource, whereIn } from '../text-source.js';

const HELP =
  'an inventory script prints one JSON object and nothing else on standard output; messages belong on standard error';

/**
 * Where JSON.parse stopped, `undefined` where the text is JSON. Its own words quote the text, which may hold a secret.
 */
function brokenAt(text: string): number | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (thrown) {
    const [, offset] = /at position (\d+)/.exec(String(thrown)) ?? [];
    return offset === undefined ? (/end of JSON/.test(String(thrown)) ? text.length : 0) : Number(offset);
  }
}

/** JSON with places, where it is an object; else what is wrong with it goes to the diagnostics. */
function readObject(model: AnsibleModel, { file, text }: NamedText): YamlSource | undefined {
  const show = (): string => shownAnsible(text);
  const offset = brokenAt(text);
  if (offset !== undefined) {
    const words = text.trim() === '' ? `${file} printed nothing` : `what ${file} printed is no JSON`;
    complain(model, whereIn(textSource(text, file, show), offset, offset + 1), 'inventory/script', words, HELP);
    return undefined;
  }
  const source = model.diagnostics.take(readYaml(text, file, { show }));
  if (source === undefined || isMapping(source.value)) return source;
  complain(model, whereIn(source), 'inventory/script', `what ${file} printed is JSON, and no object`, HELP);
  return undefined;
}

/** Reads what an inventory script printed for `--list` and, where it has no `_meta`, for each `--host`. */
export function readScript(model: AnsibleModel, { file, text, hostTexts = new Map() }: InventoryFile): void {
  const list = readObject(model, { file, text });
  const hosts = [...hostTexts].flatMap(([name, given]): readonly (readonly [string, YamlSource])[] => {
    const source = given.text.trim() === '' ? undefined : readObject(model, given);
    return source === undefined ? [] : [[name, source]];
  });
  if (list !== undefined) readList(model, list, new Map(hosts));
}

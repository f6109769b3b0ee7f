import { splitLines } from '../../text/lines.js';
import { placeBetween } from '../../text/yaml/source.js';
import type { Path, YamlSource } from '../../text/yaml/load.js';
import type { Where } from '../settings.js';

/** A text that is no YAML, for diagnostics: a path is the start and the end of what is meant, as offsets. */
export function textSource(text: string, file: string, show: () => string): YamlSource {
  const lines = splitLines(text, file, show);
  const place = ([start = 0, end = start]: Path): ReturnType<typeof placeBetween> =>
    placeBetween(lines, Number(start), Number(end));
  return {
    file,
    value: null,
    positionOf: ([start = 0]) => lines.positionAt(Number(start)),
    placeOf: place,
    spanOf: () => undefined,
    writtenAt: () => undefined,
    excerptAt: lines.excerptAt,
  };
}

/** The same source, in which a path means the key: hosts, groups and variables are keys in Ansible's YAML. */
export function keySource(source: YamlSource): YamlSource {
  return {
    ...source,
    positionOf: (path) => source.positionOf(path, 'key'),
    placeOf: (path) => source.placeOf(path, 'key'),
    spanOf: () => undefined,
  };
}

/** Where a key of a mapping stands. Of a fleet's variables hardly one is ever reported: the path is made when it is asked for. */
class WhereBelow implements Where {
  readonly source: YamlSource;
  readonly #outer: Path;
  readonly #key: string;

  constructor(source: YamlSource, outer: Path, key: string) {
    this.source = source;
    this.#outer = outer;
    this.#key = key;
  }

  get path(): Path {
    return [...this.#outer, this.#key];
  }
}

export function whereBelow(source: YamlSource, outer: Path, key: string): Where {
  return new WhereBelow(source, outer, key);
}

export function whereIn(source: YamlSource, ...path: Path): Where {
  return { source, path };
}

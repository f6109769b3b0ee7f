import type { Format } from '../../model/report.js';
import { github } from './github.js';
import { junit } from './junit.js';
import { markdown } from './markdown.js';
import { prometheus } from './prometheus.js';
import { sarif } from './sarif.js';

/** The formats that a pipeline or another program asks for: loaded where they are asked for. */
export const PIPELINE_FORMATS = { junit, sarif, markdown, github, prometheus } satisfies Readonly<
  Record<string, Format>
>;

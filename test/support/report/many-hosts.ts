import assert from 'node:assert/strict';
import type { HostReport, Report } from '../../../src/model/report.js';
import { CANONICAL_REPORTS } from './canonical.js';

/** The report `mixed` with so many hosts, made anew at each walk. */
export function manyHosts(hosts: number): Report {
  const mixed = CANONICAL_REPORTS['mixed'] ?? assert.fail();
  const templates = [...mixed.hosts];
  // Written once; who reads it gives it the name of the host.
  const written = templates.map(({ verdicts }) => JSON.stringify(verdicts));
  return {
    ...mixed,
    hosts: {
      *[Symbol.iterator](): Generator<HostReport> {
        for (let index = 0; index < hosts; index += 1) {
          const template = templates[index % templates.length] ?? assert.fail();
          const host = `host${index}.example.com`;
          // As a host that waits in the spool is read back: that is a part of each walk.
          const verdicts = JSON.parse(written[index % templates.length] ?? assert.fail());
          for (const verdict of verdicts) verdict.host = host;
          yield { ...template, host, verdicts };
        }
      },
    },
  };
}

import assert from 'node:assert/strict';
import type { HostReport, Report } from '../../../src/model/report.js';
import { CANONICAL_REPORTS } from './canonical.js';

/** The report `mixed` with so many hosts, made anew at each walk. */
export function manyHosts(hosts: number): Report {
  const mixed = CANONICAL_REPORTS['mixed'] ?? assert.fail();
  const templates = [...mixed.hosts];
  return {
    ...mixed,
    hosts: {
      *[Symbol.iterator](): Generator<HostReport> {
        for (let index = 0; index < hosts; index += 1) {
          const template = templates[index % templates.length] ?? assert.fail();
          const host = `host${index}.example.com`;
          // As a host that waits in the spool is read back: that is a part of each walk.
          const { verdicts } = JSON.parse(JSON.stringify({ verdicts: template.verdicts }));
          yield { ...template, host, verdicts: verdicts.map((verdict: object) => ({ ...verdict, host })) };
        }
      },
    },
  };
}

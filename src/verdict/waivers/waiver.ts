import type { WaiverSummary } from '../../model/report.js';

/** A waiver as its file says it, times in UTC with seconds. */
export interface Waiver {
  readonly id: string;
  /** A rule's id, or a glob of ids. */
  readonly rule: string;
  /** A host pattern. */
  readonly hosts: string;
  readonly justification: string;
  readonly owner?: string;
  readonly approvedBy?: string;
  readonly starts?: string;
  readonly expires: string;
  /** `sha256:` of the evidence that it was given for. */
  readonly digest?: string;
  readonly definedAt: WaiverSummary['definedAt'];
}

/**
 * What the author of a known fix fills in; each is empty, and so an error until then: nothing false can be left
 * standing.
 */
export const SKELETON_BLANKS = [
  'title',
  'wrong',
  'symptom',
  'trigger',
  'upstream.commit',
  'upstream.subject',
  'introduced.commit',
  'introduced.in',
  'introduced.allBackportsKnown',
  'fixed.mainline',
  'confidence',
  'sources',
] as const;

/** The ids that a known fix may have. */
export function isFixId(id: string): boolean {
  return /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id);
}

/** A file of `policies/kernel-fixes/` to be filled in: what must be there is empty, what may be there is a comment. */
export function fixSkeleton(id: string): string {
  return `# yaml-language-server: $schema=../../schemas/kernel-fix.schema.json
# See docs/guides/add-a-kernel-fix.md. No source, no claim: what cannot be verified is left out, or stands under notFound.
fix: ${id}
# What the bug is, in one line, as an operator would tell it.
title:
# What goes wrong, in sentences of your own: who waits for what, or which loop never ends.
wrong:
# Lines of dmesg that somebody reported, or what an operator sees; not what it would probably look like.
symptom:
  -
# What sets it off: the load, the setting, the kind of machine.
trigger:
upstream:
  # The whole id of the commit in the main line. Where there is none, take the line out.
  commit:
  # Its subject as it stands, never cut short: the changelogs of packages are searched for it.
  subject:
  # Where stable series took a patch of their own, the subject is that patch's, and the main line was cured by:
  # mainlineBy: { commit: , subject: }
# Where the bug came in. Where that is not known, take this out, and write the oldest version that is known to have it:
# affectedSince: '5.4'
introduced:
  commit:
  in:
  # Series that took the bug in with a backport, and from which version:
  # stable:
  #   '6.1': 6.1.128
  # true only where a source names every series that took it, as the record of a CVE does.
  allBackportsKnown:
fixed:
  # With -rc where the candidate is known.
  mainline:
  # The first version of each stable series with it, as a record, an announcement or a ChangeLog has it.
  stable: {}
  #   '6.12': 6.12.42
  #   '6.1': 6.1.148
# Series of kernel.org that ended without it:
# never: ['6.13', '6.14']
# vendors:
#   debian:
#     - series: '6.1'
#       bugFrom: 6.1.128-1
#       fixed: 6.1.148-1
#       earlierLack: true
#       knownFrom: the changelog of Debian's linux 6.1.148-1, the first to list it
#   rhel:
#     - series: '5.14'
#       el: '9'
#       fixed: 5.14.0-264.el9
#       earlierLack: true
#       knownFrom: the changelog of kernel.spec, with the line
# Who cannot meet the bug, by a fact of the machine:
# notAffected:
#   - fact: uname.machine
#     oneOf: [aarch64, armv7l, ppc64, ppc64le, s390x, riscv64]
#     because: the code is that of x86
workaround: none documented
# What the fix leaves as it was:
# doesNotCure:
# The fix brought the next bug (how: brought), or was not enough (how: left): the entry that ends it.
# followUps:
#   - fix: another-id
#     how: left
# What was looked for and not found, so that nobody reads it into the entry:
# notFound:
#   - the release candidate that took it
# high: read in source, changelog or record; medium: some of it is from one secondary source, or inferred.
confidence:
sources:
  -
# Source trees, threads and announcements that have no address that stays:
# evidence:
#   - the announcement of 6.12.42
`;
}

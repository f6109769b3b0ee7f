/**
 * Searches a changelog for the subjects of commits, in one pass of any awk (mawk, gawk, busybox, the one true awk): no
 * character classes by name, no intervals. No apostrophe may stand in it.
 *
 * `wanted` is `ID:KEY:SHORT` for each fix, separated by spaces: the subject without anything but letters and digits,
 * and the same without its first component. Compared that way a wrapped line, a word broken at its hyphen, and vendors'
 * `[mm] thp: use …` for `mm: thp: use …` are all the same. An entry names a fix where nothing but tags stands before
 * the subject, and nothing but punctuation and bracketed remarks after it: `(CVE-…)`, `(Author) [bug]`.
 *
 * Changelogs go from new to old. A line that reverts the fix in the same stanza as the newest line that names it, or in
 * a newer one, wins; so does a remark in the brackets that takes it back.
 */
export const CHANGELOG_AWK = String.raw`
    function takes_back(text) { return text ~ /[Rr]evert|[Dd]rop|[Dd]elete|[Rr]emove|[Dd]isable|[Uu]ndo|[Pp]artial/ }
    function letters(text) { gsub(/[^A-Za-z0-9]+/, "", text); return text }
    # What follows the first "size" letters and digits of a text.
    function after(text, size,    i) {
      for (i = 1; size > 0; i++) if (substr(text, i, 1) ~ /[A-Za-z0-9]/) size--
      return substr(text, i)
    }
    function names(text, key,    rest, tail) {
      rest = text
      sub(/^ *[-*+] +/, "", rest)
      while (1) {
        if (index(letters(rest), key) == 1) {
          tail = after(rest, length(key))
          return tail ~ /^[^A-Za-z0-9 ]*( +[[({].*)?$/ && !takes_back(tail)
        }
        if (rest ~ /^\[[^]]*\]/) sub(/^\[[^]]*\] */, "", rest)
        else if (rest ~ /^(SAUCE|UBUNTU|UPSTREAM|BACKPORT|PATCH): */) sub(/^[A-Z]+: */, "", rest)
        else return 0
      }
    }
    function judge(    all, at, i) {
      if (entry == "") return
      all = letters(entry)
      for (i = 1; i <= count; i++) {
        at = index(all, short[i])
        if (!at) continue
        gsub(/[ \t]+/, " ", entry); sub(/^ /, "", entry)
        if (takes_back(substr(all, 1, at - 1))) {
          if (!(i in undone)) { undone[i] = stanza; undoing[i] = entry }
        } else if (!(i in done) && names(entry, key[i])) { done[i] = stanza; doing[i] = substr(entry, 1, 300) " [" title "]" }
      }
      entry = ""
    }
    BEGIN {
      count = split(wanted, fixes, " ")
      for (i = 1; i <= count; i++) {
        split(fixes[i], parts, ":")
        id[i] = parts[1]; key[i] = parts[2]; short[i] = parts[3]
      }
    }
    NR > 1000000 { exit }
    # An awk that meets a line without end runs out of memory in its regular expressions.
    length($0) > 4000 { $0 = substr($0, 1, 4000) }
    { sub(/\r$/, "") }
    kind == "rpm" && /^@kw package / { judge(); if (!named++) print "package " substr($0, 13, 200); next }
    kind == "rpm" && /^@kw stanza / { judge(); stanza++; title = substr($0, 12, 100); next }
    kind == "deb" && /^[a-z0-9][-+.a-z0-9]* \([^ )]*\)/ {
      judge(); stanza++
      title = substr($1 " " $2, 1, 100); sub(/;$/, "", title)
      if (stanza == 1) { version = $2; gsub(/[();]/, "", version); print "package " substr($1 " " version, 1, 200) }
      next
    }
    /^# Older entries have been removed/ { judge(); cut = " cut"; next }
    /^ -- / || /^[ \t]*$/ { judge(); next }
    /^[ \t]*[-*+][ \t]/ || /^[ \t]*https?:\/\// || /^[ \t]*\[ .* \][ \t]*$/ { judge(); entry = $0; next }
    length(entry) < 2000 { entry = entry " " $0 }
    END {
      judge()
      for (i = 1; i <= count; i++) {
        if ((i in undone) && (!(i in done) || undone[i] <= done[i])) print "reverted " id[i] " " substr(undoing[i], 1, 300)
        else if (i in done) print "found " id[i] " " doing[i]
        else print "silent " id[i]
      }
      print "read " NR cut
    }`;

/**
 * What of the files that a boot reads leaves the host: of sysctl.d, tmpfiles.d and tuned the lines about settings that
 * kernward knows, and patterns that may name them; of a kernel command line the parameters that it knows; of scripts and units only
 * that, and where, they write such a setting.
 *
 * Its arguments are the files. Two words that no probe may hold, since a shell runs text by them, are spelt with brackets.
 */
export const BOOT_AWK = `
  # echo of some shells gives a backslash a meaning: such a line is not told, and that is.
  function tell(text) {
    if (text ~ /[\\\\]/) {
      sub(/:.*/, "", text)
      text = "cut " text
    }
    told[++count] = text
    size += length(text) + 1
  }
  # A line of the file that is read.
  function say(text) { tell(at_file ":" at_line ":" text) }
  function last(text) {
    sub(/[ \\t\\r\\f\\v]+$/, "", text)
    sub(/[.\\/]+$/, "", text)
    sub(/^.*[.\\/]/, "", text)
    return text
  }
  function ours(text, at) {
    sub(/^[ \\t\\r\\f\\v]+/, "", text)
    if (text ~ /^[#;]/) return 0
    if (at = index(text, "=")) text = substr(text, 1, at - 1)
    sub(/^[- \\t]+/, "", text)
    if (last(text) in key) return 1
    return text ~ /[*?[]/ && text !~ /^[.\\/]*(abi|crypto|dev|fs|net|sunrpc|user)[.\\/]/
  }
  function words(text, n, i, part, out, name, spelt) {
    gsub(/["\\047]/, "", text)
    n = split(text, part, " ")
    for (i = 1; i <= n && part[i] !~ /^#/ && part[i] != "--"; i++) {
      name = part[i]
      if (name ~ /^[$][{]?[A-Za-z_]+[}]?$/) {
        gsub(/[^A-Za-z_]/, "", name)
        out = out " @" name
        continue
      }
      sub(/=.*/, "", name)
      spelt = name
      gsub(/-/, "_", name)
      # A kernel takes - for _ in its parameters, and not in those that are sysctls under another name.
      if (spelt != name && name ~ /^(hung_task_panic|softlockup_panic|sysctl[.])/) {
        out = out " ?"
        continue
      }
      if (name ~ /^sysctl/) gsub(/\\//, ".", name)
      if (part[i] ~ /[$\`\\\\]/) out = out " ?"
      else if (name in may) out = out " " name (index(part[i], "=") ? substr(part[i], index(part[i], "=")) : "")
    }
    return out
  }
  function odd(text) { return gsub(/"/, "", text) % 2 || gsub(/\\047/, "", text) % 2 || text ~ /\\\\$/ }
  function title(text) { return text ~ /^[A-Za-z0-9_.,>+~()\\/ -]*$/ ? text : "?" }
  # What a file is, by its path: asked once, not for each of its lines.
  function kind_of(file) {
    if (file ~ /\\/sysctl\\.(d\\/|conf(-|$))/) return "sysctl"
    if (file ~ /\\/tmpfiles\\.d\\//) return "tmpfiles"
    if (file ~ /\\/sysfs\\.(d\\/|conf$)/) return "sysfs"
    if (file ~ /\\/modprobe\\.d\\//) return "modprobe"
    if (file ~ /^\\/etc\\/default\\/grub/) return "default"
    if (file == "/etc/kernel/cmdline") return "cmdline"
    if (file ~ /\\/loader\\/loader\\.conf$/) return "loader"
    if (file ~ /\\/loader\\/entries\\//) return "entry"
    if (file ~ /\\/grubenv$/) return "grubenv"
    if (file ~ /^\\/boot\\/grub2?\\/[a-z]+\\.cfg$/) return "grub"
    if (file ~ /^\\/boot\\/(extlinux\\.conf$|(ext|sys)linux\\/)/) return "extlinux"
    if (file ~ /\\/config[^\\/]*$/) return "config"
    if (file ~ /\\/modules\\.builtin$/) return "builtin"
    if (file ~ /^\\/etc\\/tuned\\/[^\\/]+$/) return "tuned"
    return file ~ /\\/tuned\\.conf$/ ? "profile" : "unit"
  }
  function look(file, text, at, name, i) {
    if (kind != "profile") sub(/^[ \\t]+/, "", text)
    if (kind == "unit") {
      if (text ~ /^([#;]|Condition|Assert|Doc|Desc|Read|Requires|Bind)/) return
      for (i = 1; i <= keys_n; i++) if (text ~ "[./]" list[i] "([^a-z_]|$)") say("writes " list[i])
      if (match(text, /transparent_hugepage\\/(khugepaged\\/)?[a-z_]+/)) say("writes " substr(text, RSTART, RLENGTH))
    } else if (kind == "sysctl") {
      if (ours(text)) say(text)
    } else if (kind == "tmpfiles") {
      if (text ~ /^[A-Za-z]/ && index(text, "/sys/")) say(text)
    } else if (kind == "sysfs") {
      # As the init script: a comment anywhere, = or nothing between two words; who may do what is no matter of values.
      sub(/#.*/, "", text)
      if (text ~ /^[ \\t\\r\\f\\v]*$/) return
      sub(/[ \\t]*=[ \\t]*/, " ", text)
      i = split(text, part, " ")
      if (i == 2 && part[1] !~ /^(mode|owner)$/) {
        if (part[1] ~ /transparent_hugepage|[*?[]/ || last(part[1]) in key) say(part[1] " " part[2])
      } else if (i != 3 || part[1] " " part[3] !~ /^(mode [0-7]+|owner root(:root)?)$/) say("?")
    } else if (kind == "modprobe") {
      # As libkmod: words parted by blanks, a line may go on behind a backslash, and - is _.
      i = split(text, part, /[ \\t]+/)
      name = part[part[1] == "alias" ? 3 : 2]
      gsub(/-/, "_", name)
      if (text ~ /\\\\$/) say("\\\\")
      else if (text !~ /^#/ && (name in module) && part[1] ~ /^(options|install|alias)$/) {
        at = part[1] " " name
        # The parameters that are asked for; the value of another may be a secret.
        if (part[1] == "options" && text ~ /["\\047]/) at = at " ?"
        else if (part[1] == "options") for (nr_of = 3; nr_of <= i; nr_of++) {
          text = part[nr_of]
          sub(/=.*/, "", text)
          gsub(/-/, "_", text)
          if ((name "." text) in parameter) at = at " " text substr(part[nr_of], length(text) + 1)
        }
        say(at)
      }
    } else if (kind == "builtin") {
      gsub(/^.*\\/|\\.ko.*$/, "", text)
      gsub(/-/, "_", text)
      if (text in module) say(text)
    } else if (kind == "default") {
      if (text ~ /^(#|$)/) return
      sub(/^export[ \\t]+/, "", text)
      at = index(text, "=")
      name = substr(text, 1, at - 1)
      if (name !~ /^[A-Za-z_]+[+]?$/ || odd(text)) say("?")
      else if (name ~ /^GRUB_CMDLINE_LINUX(_DEFAULT)?[+]?$/) say(name "=" words(substr(text, at + 1)))
      else if (name ~ /^GRUB_(DEFAULT|ENABLE_BLSCFG)$/) {
        text = substr(text, at + 1)
        gsub(/["\\047]/, "", text)
        say(name "=" (text ~ /^[A-Za-z0-9_.>+-]+$/ ? text : "?"))
      }
    } else if (kind == "cmdline") {
      if (text !~ /^#/) say("options" words(text))
    } else if (kind == "loader") {
      if (text ~ /^(default|preferred)[ \\t]/) {
        name = substr(text, 1, match(text, /[ \\t]/) - 1)
        sub(/^[a-z]+[ \\t]+/, "", text)
        sub(/[ \\t\\r]+$/, "", text)
        say(name " " (text ~ /^[]A-Za-z0-9_.+~@*?[-]+$/ ? text : "??"))
      }
    } else if (kind == "entry") {
      if (text ~ /^options[ \\t]/) say("options" words(substr(text, 8)))
      else if (text ~ /^(version|sort-key|machine-id|linux|efi|uki|architecture)[ \\t]/) {
        sub(/[ \\t\\r]+$/, "", text)
        sub(/[ \\t]+/, " ", text)
        if (text !~ /^[a-z-]+ [A-Za-z0-9_.+~^@\\/-]+$/) sub(/ .*/, " ?", text)
        say(text)
      }
    } else if (kind == "grubenv") {
      if (text ~ /^(kernelopts|tuned_params)=/) say(substr(text, 1, index(text, "=")) words(substr(text, index(text, "=") + 1)))
      else if (text ~ /^(saved_entry|next_entry)=/) {
        at = index(text, "=")
        if (text ~ / /) titled = 1
        say(substr(text, 1, at) title(substr(text, at + 1)))
      } else if (text ~ /^(env_block|prev_saved_entry|boot_counter)=./) say(substr(text, 1, index(text, "=")) "?")
    } else if (kind == "grub") {
      sub(/[; \\t]+$/, "", text)
      if (text ~ /^#/) return
      # Conditions and braces that are open, rather too many.
      at = text
      was = deep
      deep += gsub(/(^|[; \\t])(if|while|until|for)[ \\t]/, "", at) + (text ~ /[{]$/)
      if (text ~ /^([}]|(fi|done)([; \\t]|$))|[; \\t](fi|done)$/ && --deep < 0) deep = 99
      name = text
      sub(/[ \\t].*/, "", name)
      if (name ~ /^linux(16|efi)?$/) {
        split(text, part, " ")
        name = part[2]
        say("linux " (name ~ /^[A-Za-z0-9_.+~\\/-]+$/ ? name : "?") words(substr(text, index(text, name) + length(name))))
      } else if (match(text, "^(set[ \\t]+)?(" variable ")=") && text !~ /;/) {
        name = substr(text, 1, RLENGTH)
        sub(/^set[ \\t]+/, "", name)
        at = substr(text, RLENGTH + 1)
        if (name == "default=") {
          gsub(/["\\047]/, "", at)
          if (at ~ / /) titled = 1
          if (at !~ /^[$][{](saved|next)_entry[}]$/) at = title(at)
        } else at = words(at)
        say((!was ? "now " : index(before, "if [ -z \\"\${" substr(name, 1, length(name) - 1) "}") ? "else " : "set ") name at)
      } else if (name ~ /^(menuentry|submenu)$/) {
        at = ""
        if (match(text, /_id_option \\047[A-Za-z0-9_.+-]+\\047/)) at = substr(text, RSTART + 12, RLENGTH - 13)
        # Only where an entry may be named by its title.
        if (titled && match(text, /[ \\t](\\047[^\\047]*\\047|"[^"]*")/)) at = (at == "" ? "-" : at) " " title(substr(text, RSTART + 2, RLENGTH - 3))
        say(text ~ /[{]$/ ? name " " at : "odd " name)
      } else if (text ~ /^[}]/) say("end")
      else if (text ~ /^blscfg$/) say(text)
      else if (text ~ /^if \\[ "x[$]default" = \\047/) for (i = split(text, part, "\\047"); i > 4; i -= 4) say("swap " title(part[i - 3]) "|" title(part[i - 1]))
      else if (text ~ /^(s[o]urce|[.])[ \\t]+[$][{]?(config_directory|prefix)[}]?\\/[A-Za-z0-9_-]+[.]cfg$/) {
        sub(/^.*\\//, "", text)
        say("reads " text)
      } else if (text ~ /(^|[;{][ \\t]*|(then|else|do)[ \\t]+)(s[o]urce|[.]|configfile|normal|boot|exit|halt|reboot|ev[a]l|chainloader|multiboot2?|blscfg|uki|load_env|(legacy|extract|syslinux)_[a-z_]+)([; \\t]|$)/ ? text !~ /^load_env( -f [$][{](config_directory[}]\\/grubenv|env_block[}]))?$/ : text !~ /^(set[ \\t]+)?saved_entry="?[$][{](prev_saved_entry|chosen)[}]/ && text ~ "(^|[; \\t])(" any ")=.|(unset|read|for|-s|--set)[= \\t]+([^ ]*:)?(" any ")([; \\t]|$)") say("odd " (name ~ /^[a-z_.]+$/ ? name : "?"))
      before = text
    } else if (kind == "extlinux") {
      sub(/[ \\t\\r]+$/, "", text)
      name = tolower(text)
      sub(/[ \\t].*/, "", name)
      at = match(text, /[ \\t]/) ? substr(text, RSTART + 1) : ""
      sub(/^[ \\t]+/, "", at)
      if (name ~ /^(default|ontimeout|label|include|linux|kernel)$/) say(name " " (at ~ /^[A-Za-z0-9_.,+~()\\/:-]+$/ ? at : "?"))
      else if (name == "append") say("append" words(at))
      else if (tolower(text) ~ /^menu[ \\t]+(default|include)/) say("menu " (tolower(at) == "default" ? "default" : "?"))
      else if (name ~ /^(localboot|config|com32|boot|bss|pxe|fit|fdt|ui|allowoptions)$/) say(name)
    } else if (kind == "config") {
      if (text ~ /^(# )?CONFIG_(BOOTPARAM_(HUNG_TASK|SOFTLOCKUP|HARDLOCKUP)_PANIC|DEFAULT_HUNG_TASK_TIMEOUT|PANIC_(ON_OOPS|TIMEOUT)|MAGIC_SYSRQ_DEFAULT_ENABLE|TRANSPARENT_HUGEPAGE_(ALWAYS|MADVISE|NEVER)|RCU_CPU_STALL_TIMEOUT)[= ]/) say(text)
      else if (text ~ /^CONFIG_CMDLINE="[^"]/) say("CONFIG_CMDLINE=?")
    } else if (kind == "tuned") {
      if (file ~ /conf$/) {
        # Of uname_string only that it is there: it may hold the name of the machine.
        if (text ~ /^(reapply_sysctl|profile_dirs)[ \\t]*=/) say(text)
        else if (text ~ /^uname_string[ \\t]*=/) say("uname_string")
      } else say((text ~ /^[A-Za-z0-9_. -]*$/ ? text : "?"))
    } else {
      # As configparser of Python: a comment is what stands behind a space, and what is indented deeper goes on with the value before.
      if (match(text, /(^|[ \\t])#/)) text = substr(text, 1, RSTART - 1)
      at = match(text, /[^ \\t\\r\\f\\v]/)
      sub(/^[ \\t\\r\\f\\v]+/, "", text)
      sub(/[ \\t\\r\\f\\v]+$/, "", text)
      if (text ~ /^;/ || text == "") return
      if (named && at > indent) {
        if (named == 2) say("?")
        return
      }
      indent = at
      if (match(text, /^\\[.+\\]/)) {
        part_of = substr(text, 1, RLENGTH)
        named = 0
        if (part_of ~ /^\\[(sysctl|vm|sysfs)\\]$/) say(part_of)
        else if (part_of == "[DEFAULT]" || part_of !~ /^\\[[A-Za-z0-9_. -]*\\]$/) say("?")
        return
      }
      name = substr(text, 1, index(text, "=") - 1)
      sub(/[ \\t]+$/, "", name)
      if (part_of == "" || name == "") {
        say("?")
        return
      }
      named = 1
      if (text ~ /:assertion/) say("?")
      if (part_of == "[main]" && name == "include") {
        named = 2
        say("[main] " text)
        sub(/^[^=]*=/, "", text)
        gsub(/[,;]/, " ", text)
        gsub(/(^| )-/, " ", text)
        queue = queue " " text
      } else if (part_of != "[main]" && (name ~ /^(type|enabled|replace|drop|priority|cpuinfo_regex|uname_regex|script.*)$/ || last(name) in key || name ~ /^transparent_hugepage/ || index(name, "/sys/"))) {
        named = 2
        if (name == "uname_regex") node = 1
        say(part_of " " text)
      }
    }
  }
  function next_line(file) {
    if (file ~ /z$/) return unzip | getline text
    return getline text < file
  }
  function take(file, nr) {
    if (file in taken) return
    taken[file]
    at_file = file
    # Of those that may lie where no line matters the names say nothing: no other file is hidden by theirs.
    kind = kind_of(file)
    if ((kind != "unit" || file ~ /^\\/(etc|run|usr\\/local)\\/.*rules$/) && file !~ /^(\\/usr)?\\/lib\\/(tmpfiles|modprobe)\\.d\\//) tell("file " file)
    part_of = ""
    named = indent = deep = 0
    while (next_line(file) > 0) {
      at_line = ++nr
      if (nr > (kind == "config" ? 40000 : 4000) || size > 98304 || length(text) > 4096) {
        tell("cut " file)
        break
      }
      # Units and configurations of kernels are long, and say little.
      if (kind == "unit" ? text ~ /sysctl|SYSCTL|ATTR|\\/sys\\/|transparent_hugepage/ : kind != "config" || text ~ /CONFIG_([BDMPRT]|CMDLINE=)/) look(file, text)
    }
    close(file ~ /z$/ ? unzip : file)
  }
  BEGIN {
    for (i = split(allowed, part, " "); i; i--) {
      may[part[i]]
      # Every sysctl is a parameter too.
      if (part[i] ~ /^sysctl/) keys = keys " " last(part[i])
    }
    for (i = split(modules, part, " "); i; i--) {
      parameter[part[i]]
      keys = keys " " last(part[i])
      sub(/[.].*/, "", part[i])
      module[part[i]]
    }
    keys_n = split(keys, list, " ")
    for (i = 1; i <= keys_n; i++) key[list[i]]
    variable = "default|tuned_params|kernelopts|vt_handoff"
    any = variable "|(saved|next)_entry|blsdir"
    unzip = "exec gzip -dc /proc/config.gz 2>/dev/null"
    for (i = 1; i < ARGC; i++) {
      known[ARGV[i]]
      if (ARGV[i] !~ /\\/tuned\\.conf$/) take(ARGV[i])
    }
    for (i = 1; i <= count; i++) if (told[i] ~ /^[^:]*_profile:/) {
      name = told[i]
      sub(/^[^:]*:[0-9]*:/, "", name)
      queue = queue " " name
    }
    roots = split(tuned, root, " ")
    for (followed = 0; queue ~ /[^ ]/ && followed < 32; followed++) {
      sub(/^ +/, "", queue)
      name = queue
      sub(/ .*/, "", name)
      queue = substr(queue, length(name) + 1)
      # Of each directory: a profile may include the one that it hides.
      for (i = 1; i <= roots; i++) if ((root[i] "/" name "/tuned.conf") in known) take(root[i] "/" name "/tuned.conf")
    }
    if (node && (getline text < "/proc/sys/kernel/hostname") > 0 && text ~ /^[A-Za-z0-9._-]+$/) print "node " text
    for (i = 1; i <= count; i++) print told[i]
    print "end"
  }`;

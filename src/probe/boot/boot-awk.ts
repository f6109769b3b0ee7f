/**
 * What of the files that a boot reads leaves the host: of sysctl.d, tmpfiles.d and tuned the lines about settings that
 * kernward knows, and patterns that may name them; of a kernel command line the parameters that it knows; of scripts and units only
 * that, and where, they write such a setting.
 *
 * Its arguments are the files.
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
    if (file ~ /\\/grub\\.cfg$/) return "grub"
    if (file ~ /^\\/boot\\/(extlinux\\.conf$|(ext|sys)linux\\/)/) return "extlinux"
    if (file ~ /\\/config[^\\/]*$/) return "config"
    if (file ~ /\\/modules\\.builtin$/) return "builtin"
    if (file ~ /^\\/etc\\/tuned\\/[^\\/]+$/) return "tuned"
    return file ~ /\\/tuned\\.conf$/ ? "profile" : "unit"
  }
  function look(file, nr, text, at, name, i) {
    if (kind == "unit") {
      if (text ~ /^[ \\t]*([#;]|Condition|Assert|Doc|Desc|Read|Requires|Bind)/) return
      for (i = 1; i <= keys_n; i++) if (text ~ "[./]" list[i] "([^a-z_]|$)") tell(file ":" nr ":writes " list[i])
      if (match(text, /transparent_hugepage\\/(khugepaged\\/)?[a-z_]+/)) tell(file ":" nr ":writes " substr(text, RSTART, RLENGTH))
    } else if (kind == "sysctl") {
      if (ours(text)) tell(file ":" nr ":" text)
    } else if (kind == "tmpfiles") {
      if (text ~ /^[ \\t]*[A-Za-z]/ && index(text, "/sys/")) tell(file ":" nr ":" text)
    } else if (kind == "sysfs") {
      # As the init script: a comment anywhere, = or nothing between two words; who may do what is no matter of values.
      sub(/#.*/, "", text)
      if (text ~ /^[ \\t\\r\\f\\v]*$/) return
      sub(/[ \\t]*=[ \\t]*/, " ", text)
      i = split(text, part, " ")
      if (i == 2 && part[1] !~ /^(mode|owner)$/) {
        if (part[1] ~ /transparent_hugepage|[*?[]/ || last(part[1]) in key) tell(file ":" nr ":" part[1] " " part[2])
      } else if (i != 3 || part[1] " " part[3] !~ /^(mode [0-7]+|owner root(:root)?)$/) tell(file ":" nr ":?")
    } else if (kind == "modprobe") {
      # As libkmod: words parted by blanks, a line may go on behind a backslash, and - is _.
      gsub(/^[ \\t]+/, "", text)
      i = split(text, part, /[ \\t]+/)
      name = part[part[1] == "alias" ? 3 : 2]
      gsub(/-/, "_", name)
      if (text ~ /\\\\$/) tell(file ":" nr ":\\\\")
      else if (text !~ /^#/ && (name in module) && part[1] ~ /^(options|install|alias)$/) {
        if (part[1] == "options") {
          # The parameters that are asked for; the value of another may be a secret.
          at = "options " name
          if (text ~ /["\\047]/) at = at " ?"
          else for (nr_of = 3; nr_of <= i; nr_of++) {
            text = part[nr_of]
            sub(/=.*/, "", text)
            gsub(/-/, "_", text)
            if ((name "." text) in parameter) at = at " " text substr(part[nr_of], length(text) + 1)
          }
          text = at
        } else text = part[1] " " name
        tell(file ":" nr ":" text)
      }
    } else if (kind == "builtin") {
      gsub(/^.*\\/|\\.ko.*$/, "", text)
      gsub(/-/, "_", text)
      if (text in module) tell(file ":" nr ":" text)
    } else if (kind == "default") {
      if (text ~ /^[ \\t]*(#|$)/) return
      sub(/^[ \\t]*(export[ \\t]+)?/, "", text)
      at = index(text, "=")
      name = substr(text, 1, at - 1)
      if (name !~ /^[A-Za-z_]+[+]?$/ || odd(text)) tell(file ":" nr ":?")
      else if (name ~ /^GRUB_CMDLINE_LINUX(_DEFAULT)?[+]?$/) tell(file ":" nr ":" name "=" words(substr(text, at + 1)))
      else if (name ~ /^GRUB_(DEFAULT|ENABLE_BLSCFG)$/) {
        text = substr(text, at + 1)
        gsub(/["\\047]/, "", text)
        tell(file ":" nr ":" name "=" (text ~ /^[A-Za-z0-9_.>+-]+$/ ? text : "?"))
      }
    } else if (kind == "cmdline") {
      if (text !~ /^[ \\t]*#/) tell(file ":" nr ":options" words(text))
    } else if (kind == "loader") {
      if (match(text, /^[ \\t]*(default|preferred)[ \\t]+/)) {
        sub(/^[ \\t]+/, "", text)
        name = substr(text, 1, match(text, /[ \\t]/) - 1)
        sub(/^[a-z]+[ \\t]+/, "", text)
        sub(/[ \\t\\r]+$/, "", text)
        tell(file ":" nr ":" name " " (text ~ /^[]A-Za-z0-9_.+~@*?[-]+$/ ? text : "??"))
      }
    } else if (kind == "entry") {
      sub(/^[ \\t]+/, "", text)
      if (text ~ /^options[ \\t]/) tell(file ":" nr ":options" words(substr(text, 8)))
      else if (text ~ /^(version|sort-key|machine-id|linux|efi|uki|architecture)[ \\t]/) {
        sub(/[ \\t\\r]+$/, "", text)
        sub(/[ \\t]+/, " ", text)
        if (text !~ /^[a-z-]+ [A-Za-z0-9_.+~^@\\/-]+$/) sub(/ .*/, " ?", text)
        tell(file ":" nr ":" text)
      }
    } else if (kind == "grubenv") {
      if (text ~ /^(kernelopts|tuned_params)=/) tell(file ":" nr ":" substr(text, 1, index(text, "=")) words(substr(text, index(text, "=") + 1)))
      else if (text ~ /^(saved_entry|next_entry)=/) {
        at = index(text, "=")
        if (text ~ / /) titled = 1
        tell(file ":" nr ":" substr(text, 1, at) title(substr(text, at + 1)))
      } else if (text ~ /^(env_block|prev_saved_entry|boot_counter)=./) tell(file ":" nr ":" substr(text, 1, index(text, "=")) "?")
    } else if (kind == "grub") {
      sub(/^[ \\t]+/, "", text)
      if (text ~ /^linux(16|efi)?[ \\t]/) {
        split(text, part, " ")
        name = part[2]
        tell(file ":" nr ":linux " (name ~ /^[A-Za-z0-9_.+~\\/-]+$/ ? name : "?") words(substr(text, index(text, name) + length(name))))
      } else if (text ~ /^set default=/) {
        gsub(/["\\047]/, "", text)
        sub(/[ \\t]+$/, "", text)
        if (text ~ /=.* /) titled = 1
        tell(file ":" nr ":" (text ~ /^set default=[$][{](saved|next)_entry[}]$/ ? text : "set default=" title(substr(text, 13))))
      } else if (text ~ /^(menuentry|submenu)[ \\t]/) {
        name = ""
        if (match(text, /_id_option \\047[A-Za-z0-9_.+-]+\\047/)) name = substr(text, RSTART + 12, RLENGTH - 13)
        # Only where an entry may be named by its title.
        if (titled && match(text, /[ \\t](\\047[^\\047]*\\047|"[^"]*")/)) name = (name == "" ? "-" : name) " " title(substr(text, RSTART + 2, RLENGTH - 3))
        sub(/[ \\t].*/, "", text)
        tell(file ":" nr ":" text " " name)
      } else if (text ~ /^[}]/) tell(file ":" nr ":end")
      else if (text ~ /^blscfg/) tell(file ":" nr ":blscfg")
    } else if (kind == "extlinux") {
      sub(/^[ \\t]+/, "", text)
      sub(/[ \\t\\r]+$/, "", text)
      name = tolower(text)
      sub(/[ \\t].*/, "", name)
      at = match(text, /[ \\t]/) ? substr(text, RSTART + 1) : ""
      sub(/^[ \\t]+/, "", at)
      if (name ~ /^(default|ontimeout|label|include|linux|kernel)$/) tell(file ":" nr ":" name " " (at ~ /^[A-Za-z0-9_.,+~()\\/:-]+$/ ? at : "?"))
      else if (name == "append") tell(file ":" nr ":append" words(at))
      else if (tolower(text) ~ /^menu[ \\t]+(default|include)/) tell(file ":" nr ":menu " (tolower(at) == "default" ? "default" : "?"))
      else if (name ~ /^(localboot|config|com32|boot|bss|pxe|fit|fdt|ui|allowoptions)$/) tell(file ":" nr ":" name)
    } else if (kind == "config") {
      if (text ~ /^(# )?CONFIG_(BOOTPARAM_(HUNG_TASK|SOFTLOCKUP|HARDLOCKUP)_PANIC|DEFAULT_HUNG_TASK_TIMEOUT|PANIC_(ON_OOPS|TIMEOUT)|MAGIC_SYSRQ_DEFAULT_ENABLE|TRANSPARENT_HUGEPAGE_(ALWAYS|MADVISE|NEVER)|RCU_CPU_STALL_TIMEOUT)[= ]/) tell(file ":" nr ":" text)
    } else if (kind == "tuned") {
      if (file ~ /conf$/) {
        # Of uname_string only that it is there: it may hold the name of the machine.
        if (text ~ /^[ \\t]*(reapply_sysctl|profile_dirs)[ \\t]*=/) tell(file ":" nr ":" text)
        else if (text ~ /^[ \\t]*uname_string[ \\t]*=/) tell(file ":" nr ":uname_string")
      } else tell(file ":" nr ":" (text ~ /^[A-Za-z0-9_. -]*$/ ? text : "?"))
    } else {
      # As configparser of Python: a comment is what stands behind a space, and what is indented deeper goes on with the value before.
      if (match(text, /(^|[ \\t])#/)) text = substr(text, 1, RSTART - 1)
      at = match(text, /[^ \\t\\r\\f\\v]/)
      sub(/^[ \\t\\r\\f\\v]+/, "", text)
      sub(/[ \\t\\r\\f\\v]+$/, "", text)
      if (text ~ /^;/ || text == "") return
      if (named && at > indent) {
        if (named == 2) tell(file ":" nr ":?")
        return
      }
      indent = at
      if (match(text, /^\\[.+\\]/)) {
        part_of = substr(text, 1, RLENGTH)
        named = 0
        if (part_of ~ /^\\[(sysctl|vm|sysfs)\\]$/) tell(file ":" nr ":" part_of)
        else if (part_of == "[DEFAULT]" || part_of !~ /^\\[[A-Za-z0-9_. -]*\\]$/) tell(file ":" nr ":?")
        return
      }
      name = substr(text, 1, index(text, "=") - 1)
      sub(/[ \\t]+$/, "", name)
      if (part_of == "" || name == "") {
        tell(file ":" nr ":?")
        return
      }
      named = 1
      if (text ~ /:assertion/) tell(file ":" nr ":?")
      if (part_of == "[main]" && name == "include") {
        named = 2
        tell(file ":" nr ":[main] " text)
        sub(/^[^=]*=/, "", text)
        gsub(/[,;]/, " ", text)
        gsub(/(^| )-/, " ", text)
        queue = queue " " text
      } else if (part_of != "[main]" && (name ~ /^(type|enabled|replace|drop|priority|cpuinfo_regex|uname_regex|script.*)$/ || last(name) in key || name ~ /^transparent_hugepage/ || index(name, "/sys/"))) {
        named = 2
        if (name == "uname_regex") node = 1
        tell(file ":" nr ":" part_of " " text)
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
    # Of those that may lie where no line matters the names say nothing: no other file is hidden by theirs.
    kind = kind_of(file)
    if (kind != "unit" && file !~ /^\\/usr\\/.*\\/tmpfiles\\.d\\/|^(\\/usr)?\\/lib\\/modprobe\\.d\\//) tell("file " file)
    part_of = ""
    named = indent = 0
    while (next_line(file) > 0) {
      nr++
      if (nr > (kind == "config" ? 40000 : 4000) || size > 98304 || length(text) > 4096) {
        tell("cut " file)
        break
      }
      # Units and configurations of kernels are long, and say little.
      if (kind == "unit" ? text ~ /sysctl|\\/sys\\/|transparent_hugepage/ : kind != "config" || text ~ /CONFIG_[BDMPRT]/) look(file, nr, text)
    }
    close(file ~ /z$/ ? unzip : file)
  }
  BEGIN {
    for (i = split(allowed, part, " "); i; i--) {
      may[part[i]]
      # Every sysctl is a parameter too.
      if (part[i] ~ /^sysctl/) keys = keys " " last(part[i])
    }
    keys_n = split(keys, list, " ")
    for (i = 1; i <= keys_n; i++) key[list[i]]
    for (i = split(modules, part, " "); i; i--) {
      parameter[part[i]]
      sub(/[.].*/, "", part[i])
      module[part[i]]
    }
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

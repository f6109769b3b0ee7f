/** Splits the command line as next_arg() in the kernel's lib/cmdline.c does, and prints only what is allowed. */
export const CMDLINE_AWK = `
    { text = text $0 " " }
    END {
      count = split(allowed, names, " ")
      for (i = 1; i <= count; i++) may[names[i]] = 1
      size = length(text)
      for (i = 1; i <= size; i++) {
        c = substr(text, i, 1)
        if (c == "\\"") quoted = !quoted
        if (quoted || (c != " " && c != "\\t")) { word = word c; continue }
        if (word == "--") exit
        if (substr(word, 1, 1) == "\\"") { word = substr(word, 2); sub(/"$/, "", word) }
        equals = index(word, "=")
        name = equals ? substr(word, 1, equals - 1) : word
        value = equals ? substr(word, equals + 1) : ""
        if (substr(value, 1, 1) == "\\"") { value = substr(value, 2); sub(/"$/, "", value) }
        gsub(/-/, "_", name)
        if (name ~ /^sysctl/) gsub(/\\//, ".", name)
        if (name in may) print "/proc/cmdline:" name (equals ? "=" value : "")
        word = ""
      }
    }`;

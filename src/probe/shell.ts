/**
 * Raised when the first line or the frames change, so that a forced command of another version is noticed.
 *
 * The first line is `kw='kernward PROTOCOL NONCE'` for the probe, and `kw='kernward PROTOCOL NONCE WORD WORDS'` for a
 * further look. Each body takes its own form and refuses the others', with status 2 and no frame; the collector holds
 * them all and does what the line says.
 */
export const PROBE_PROTOCOL = 1;

/** @throws RangeError where a host could forge the frames with it, or quote its way out of the first line */
export function assertNonce(nonce: string): void {
  if (!/^[0-9a-f]{32}$/.test(nonce)) throw new RangeError('a nonce is 32 lower-case hexadecimal digits');
}

/** The words that may follow the nonce; the probe has none. */
export type LookWord = 'packages' | 'become';

/**
 * What the scripts share: frames, and guards against the environment of whoever logs in.
 *
 * `kw_take` takes the nonce out of the first line into `kw_n`. `kw_take WORD`, for which `TAKE_WORDS` is needed, takes
 * what follows WORD into `kw_w`: letters, digits, spaces, `:` and `-`. Without WORD nothing may follow the nonce.
 */
export const SHELL_FUNCTIONS = `set +aefuvxC
unset -f unalias 2>/dev/null
unalias -a 2>/dev/null
kw_begin() {
  echo "kw $kw_n begin $1"
  kw_s=$1
}
kw_end() {
  echo "kw $kw_n errors"
  echo "$kw_e"
  echo "kw $kw_n end $kw_s $kw_x"
}
# A section that a function prints to its end: how many lines it has comes first, so that one that is lost is missed.
kw_counted() {
  kw_m=$("$1")
  kw_c=0
  IFS='
'
  set -f
  for kw_f in $kw_m; do
    case $kw_f in "kw $kw_n errors") break ;; esac
    kw_c=$((kw_c + 1))
  done
  set +f
  unset IFS
  echo "kw $kw_n there $kw_c"
  echo "$kw_m"
}
# The same for what has been captured already, with what was complained of.
kw_tell() {
  kw_c=0
  IFS='
'
  set -f
  for kw_f in $kw_m; do kw_c=$((kw_c + 1)); done
  set +f
  unset IFS
  echo "kw $kw_n there $kw_c"
  echo "$kw_m"
  kw_end
}
# Runs one command: its output is the section's, what it complains of follows, then its status.
kw_run() {
  { kw_e=$(\${kw_exec} "$@" 2>&1 >&3 3>&- </dev/null); kw_x=$?; } 3>&1
}
kw_guard() {
  unset -f grep awk uname echo test cd read shift shopt 2>/dev/null
  unset IFS GREP_OPTIONS GREP_COLOR GREP_COLORS POSIXLY_CORRECT LANGUAGE
  LC_ALL=C
  PATH=/usr/sbin:/usr/bin:/sbin:/bin:/run/current-system/sw/bin
  export LC_ALL PATH
  # bash alone needs to be told that a subshell of one command is one process; in ksh93 the same word ends the shell.
  kw_exec=
  case \${BASH_VERSION-} in
    ?*)
      kw_exec=exec
      shopt -u failglob nullglob nocaseglob 2>/dev/null
      ;;
  esac
  cd /
}
kw_take() {
  kw_n=
  case \${kw-} in "kernward ${PROBE_PROTOCOL} "*) kw_n=\${kw#"kernward ${PROBE_PROTOCOL} "} ;; esac
  case $# in 1) kw_words_after "$1" ;; esac
  case $kw_n in
    '' | *[!0-9a-f]*)
      echo 'kernward: this script speaks protocol ${PROBE_PROTOCOL}' >&2
      exit 2
      ;;
  esac
  kw_e=
  kw_x=0
  echo
}
`;

/** For the scripts that take words: what to read. */
export const TAKE_WORDS = `kw_words_after() {
  kw_w=\${kw_n#* "$1" }
  case $kw_n:$kw_w in
    "\${kw_n%% *} $1 $kw_w:$kw_w") kw_n=\${kw_n%% *} ;;
    *) kw_n= ;;
  esac
  case $kw_w in *[!A-Za-z0-9:\\ -]*) kw_n= ;; esac
}
`;

/**
 * The last line of what is sent: calls a look, and has the line of `overLine` printed when that is done. Then the shell reads on; a
 * collector ends instead.
 */
export function callOf(look: 'kw_probe' | 'kw_packages' | 'kw_become'): string {
  return `${look} && echo "kw $kw_n over"\n`;
}

/** What a script of this nonce prints last. Nobody but the shell that runs it can know it before. */
export function overLine(nonce: string): string {
  return `kw ${nonce} over`;
}

/** The first line of what is sent: it alone is different from host to host. */
export function firstLine(nonce: string, word?: LookWord, words = ''): string {
  assertNonce(nonce);
  return `kw='kernward ${PROBE_PROTOCOL} ${nonce}${word === undefined ? '' : ` ${word} ${words}`}'`;
}

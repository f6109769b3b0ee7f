/**
 * Raised when the first line or the frames change, so that a forced command of another version is noticed.
 *
 * The first line is `kw='kernward PROTOCOL NONCE'` for the probe and `kw='kernward PROTOCOL NONCE packages WORDS'` for the
 * second look. Each body takes its own form and refuses the other's, so that a host whose forced command is the probe
 * alone answers the second look with status 2 and no frame: its package facts are unreadable, and nothing else is lost.
 */
export const PROBE_PROTOCOL = 1;

export const assertNonce = (nonce: string): void => {
  if (!/^[0-9a-f]{32}$/.test(nonce)) throw new RangeError('a nonce is 32 lower-case hexadecimal digits');
};

/** For the second look: takes the word and what follows it off the nonce; what follows is left in `kw_w`: letters, digits, spaces, `:` and `-`. */
const takeWords = (word: string): string => `
  unset -f gzip zcat head rpm command 2>/dev/null
  unset GZIP DPKG_ROOT DPKG_ADMINDIR
  kw_w=\${kw_n#* ${word} }
  case $kw_n:$kw_w in
    "\${kw_n%% *} ${word} $kw_w:$kw_w") kw_n=\${kw_n%% *} ;;
    *) kw_n= ;;
  esac
  case $kw_w in *[!A-Za-z0-9:\\ -]*) kw_n= ;; esac`;

/**
 * What the scripts share: frames, and guards against the environment of whoever logs in.
 *
 * @param word what follows the nonce in the first line, with words of its own after it; absent: nothing does
 */
export const shellFunctions = (word?: string): string => `set +aefuvxC
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
# Runs one command: its output is the section's, what it complains of follows, then its status.
kw_run() {
  { kw_e=$(\${kw_exec} "$@" 2>&1 >&3 3>&- </dev/null); kw_x=$?; } 3>&1
}
kw_setup() {
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
  # As a forced command it is started without the first line, and reads it here.
  case \${kw-} in
    '')
      read -r kw
      kw=\${kw#*\\'}
      kw=\${kw%\\'*}
      ;;
  esac
  kw_n=
  case $kw in "kernward ${PROBE_PROTOCOL} "*) kw_n=\${kw#"kernward ${PROBE_PROTOCOL} "} ;; esac${word === undefined ? '' : takeWords(word)}
  case $kw_n in
    '' | *[!0-9a-f]*)
      echo 'kernward: this probe speaks protocol ${PROBE_PROTOCOL}' >&2
      exit 2
      ;;
  esac
  kw_e=
  kw_x=0
  echo
}
`;

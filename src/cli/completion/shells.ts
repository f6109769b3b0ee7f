/**
 * What each shell runs to complete a command line: it asks `kernward __complete` with the words as they stand, which are
 * never evaluated. The answer is a line a candidate, `WORD<TAB>DESCRIPTION`, or one line `:files` or `:folders`, which the
 * shell lists itself.
 */
const BASH = `# bash completion of kernward:  source <(kernward completion bash)
_kernward() {
  local answer line cur words=("\${COMP_WORDS[@]:1:COMP_CWORD}")
  # bash cuts words at = and :, and kernward does not.
  if declare -F _get_comp_words_by_ref >/dev/null; then
    local cword
    _get_comp_words_by_ref -n =: -w words -i cword
    words=("\${words[@]:1:cword}")
  fi
  cur=\${words[\${#words[@]}-1]}
  COMPREPLY=()
  answer=$("\${COMP_WORDS[0]}" __complete -- "\${words[@]}" 2>/dev/null) || return
  case $answer in
    :files) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}"); return ;;
    :folders) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- "\${COMP_WORDS[COMP_CWORD]}"); return ;;
  esac
  while IFS= read -r line; do
    line=\${line%%$'\\t'*}
    test -n "$line" && COMPREPLY+=("$(printf '%q' "$line")")
  done <<<"$answer"
  # What bash has cut off before is there already.
  if declare -F __ltrim_colon_completions >/dev/null; then __ltrim_colon_completions "$cur"; fi
  if test "\${#COMPREPLY[@]}" = 1; then case \${COMPREPLY[0]} in *[:=]) compopt -o nospace ;; esac; fi
}
complete -F _kernward kernward
`;

const ZSH = `#compdef kernward
# zsh completion of kernward: a file _kernward in a folder of $fpath, or  source <(kernward completion zsh)
_kernward() {
  local answer line word says
  local -a candidates
  answer=$("\${words[1]}" __complete -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null) || return
  case $answer in
    :files) _files; return ;;
    :folders) _files -/; return ;;
  esac
  for line in "\${(@f)answer}"; do
    word=\${line%%$'\\t'*}
    says=\${line#*$'\\t'}
    [[ -n $word ]] && candidates+=("\${word//:/\\\\:}\${says:+:$says}")
  done
  _describe -V kernward candidates
}
if [[ $funcstack[1] == _kernward ]]; then _kernward "$@"; else compdef _kernward kernward; fi
`;

const FISH = `# fish completion of kernward:  kernward completion fish | source
function __kernward_complete
    set -l words (commandline -opc)
    set -l answer ($words[1] __complete -- $words[2..] (commandline -ct) 2>/dev/null)
    switch "$answer"
        case ':files'
            __fish_complete_path (commandline -ct)
        case ':folders'
            __fish_complete_directories (commandline -ct)
        case '*'
            string join \\n -- $answer
    end
end
complete -c kernward -f -a '(__kernward_complete)'
`;

export const SHELLS: ReadonlyMap<string, string> = new Map([
  ['bash', BASH],
  ['zsh', ZSH],
  ['fish', FISH],
]);

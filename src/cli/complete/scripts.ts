/** The shells that there are scripts for. */
export const SHELLS = ["bash", "zsh", "fish", "powershell"] as const;

export type Shell = (typeof SHELLS)[number];

const BASH = `# bash completion for jvs. In ~/.bashrc: source <(jvs completion bash)
_jvs() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == :files ]]; then
      compopt -o default 2>/dev/null
    else
      COMPREPLY+=("\${line%%$'\\t'*}")
    fi
  done < <(command jvs __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _jvs jvs
`;

const ZSH = `#compdef jvs
# zsh completion for jvs. In ~/.zshrc, behind compinit: source <(jvs completion zsh)
_jvs() {
  local line word files=0
  local -a found
  while IFS= read -r line; do
    if [[ $line == :files ]]; then
      files=1
    else
      word=\${line%%$'\\t'*}
      found+=("\${word//:/\\\\:}:\${line#*$'\\t'}")
    fi
  done < <(command jvs __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)
  (( $#found )) && _describe -V 'jvs' found
  (( files )) && _files
}
if [[ $funcstack[1] == _jvs ]]; then
  _jvs "$@"
else
  compdef _jvs jvs
fi
`;

const FISH = `# fish completion for jvs. In ~/.config/fish/config.fish: jvs completion fish | source
function __jvs_complete
    set -l words (commandline -opc) (commandline -ct)
    command jvs __complete $words[2..-1] 2>/dev/null
end
function __jvs_wants_files
    contains -- :files (__jvs_complete)
end
complete -c jvs -e
complete -c jvs -f -k -a '(__jvs_complete | string match -v -- :files)'
complete -c jvs -F -n __jvs_wants_files
`;

const POWERSHELL = `# PowerShell completion for jvs. In $PROFILE: jvs completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName jvs -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @($commandAst.CommandElements | Select-Object -Skip 1 |
        Where-Object { $_.Extent.StartOffset -lt $cursorPosition } | ForEach-Object { "$_" })
    if ($wordToComplete -eq '') { $words += '' }
    jvs __complete @words 2>$null | Where-Object { $_ -ne ':files' } | ForEach-Object {
        $word, $about = $_ -split "\`t", 2
        if (-not $about) { $about = $word }
        [System.Management.Automation.CompletionResult]::new($word, $word, 'ParameterValue', $about)
    }
}
`;

/** What each shell is to read. */
export const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: BASH,
  zsh: ZSH,
  fish: FISH,
  powershell: POWERSHELL,
};

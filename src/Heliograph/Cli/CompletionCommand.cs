using System.CommandLine;

namespace Heliograph.Cli;

/// <summary>
/// <c>heliograph completion bash|zsh|fish</c>: a script that makes the shell ask the program itself (System.CommandLine's [suggest]
/// directive), so that it is never out of date.
/// </summary>
internal static class CompletionCommand
{
    // The program gets the line up to the cursor, without its own name, which may be a path.
    private const string Bash = """
        # Completion for heliograph. Add to ~/.bashrc:   source <(heliograph completion bash)
        # or for every user: heliograph completion bash > /usr/share/bash-completion/completions/heliograph
        _heliograph() {
            local line=${COMP_LINE:0:COMP_POINT} word=${COMP_WORDS[COMP_CWORD]} candidate
            [[ $line == *[[:space:]]* ]] && line=${line#*[[:space:]]} || return 0
            COMPREPLY=()
            while IFS= read -r candidate; do
                [[ $candidate == "$word"* ]] && COMPREPLY+=("$candidate")
            done < <("${COMP_WORDS[0]}" "[suggest:${#line}]" "$line" 2> /dev/null)
        }
        complete -o default -F _heliograph heliograph
        """;

    private const string Zsh = """
        #compdef heliograph
        # Completion for heliograph. Add to ~/.zshrc, after compinit:   source <(heliograph completion zsh)
        # or for every user: heliograph completion zsh > /usr/share/zsh/vendor-completions/_heliograph
        _heliograph() {
            local line="${(j: :)words[2,CURRENT]}"
            local -a candidates
            candidates=("${(@f)$("${words[1]}" "[suggest:${#line}]" "$line" 2> /dev/null)}")
            candidates=(${candidates:#})
            compadd -a candidates || _files
        }
        compdef _heliograph heliograph
        """;

    private const string Fish = """
        # Completion for heliograph. Save it where fish looks for completions:
        #   heliograph completion fish > ~/.config/fish/completions/heliograph.fish
        function __heliograph_complete
            set -l words (commandline -opc) (commandline -ct)
            set -l line (string join ' ' -- $words[2..-1])
            $words[1] "[suggest:"(string length -- "$line")"]" "$line" 2> /dev/null
        end
        complete -c heliograph -a '(__heliograph_complete)'
        """;

    private static readonly Dictionary<string, string> Scripts = new(StringComparer.Ordinal)
    {
        ["bash"] = Bash,
        ["zsh"] = Zsh,
        ["fish"] = Fish,
    };

    public static Command Create()
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh or fish.", HelpName = "SHELL" };
        shell.CompletionSources.Add([.. Scripts.Keys]);
        var command = new DocumentedCommand("completion", "Print a script that completes commands, flags and values in your shell.", """
            Examples:
              source <(heliograph completion bash)
              source <(heliograph completion zsh)
              heliograph completion fish > ~/.config/fish/completions/heliograph.fish
            """) { shell };
        shell.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } word && !Scripts.ContainsKey(word))
                result.AddError($"\"{word}\": there is no such shell; allowed: {string.Join(", ", Scripts.Keys)}");
        });
        command.SetAction(parsed =>
        {
            parsed.InvocationConfiguration.Output.WriteLine(Scripts[parsed.GetValue(shell)!]);
            return (int)ExitCode.Done;
        });
        return command;
    }
}

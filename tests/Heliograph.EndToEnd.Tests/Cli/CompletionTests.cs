using Heliograph.Testing;

namespace Heliograph.EndToEnd.Tests.Cli;

/// <summary>What each shell offers, with the built program behind it.</summary>
public sealed class CompletionTests : IDisposable
{
    /// <summary>What bash does at a Tab: it splits the line and calls the function.</summary>
    private const string BashTab = """
        source <(heliograph completion bash) || exit
        complete -p heliograph > /dev/null || exit
        COMP_LINE=$1 COMP_POINT=${#1}
        read -ra COMP_WORDS <<< "$1"
        [[ $1 == *' ' ]] && COMP_WORDS+=("")
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        _heliograph
        printf '%s\n' "${COMPREPLY[@]}"
        """;

    /// <summary>zsh refuses compadd, with which the function ends, outside of line editing.</summary>
    private const string ZshTab = """
        compdef() { [[ $1 == _heliograph && $2 == heliograph ]] }
        compadd() { [[ $1 == -a ]] && print -rl -- ${(M)${(P)2}:#${words[CURRENT]}*} }
        source <(heliograph completion zsh) || exit
        words=("${(@s: :)1}")
        CURRENT=${#words}
        _heliograph
        """;

    private const string FishTab = """
        heliograph completion fish | source
        complete -C $argv[1] | string replace -r '\t.*' ''; or true
        """;

    private readonly TempDirectory directory = new();

    public CompletionTests() => File.CreateSymbolicLink(directory["heliograph"], HeliographProcess.Program);

    public void Dispose() => directory.Dispose();

    public static TheoryData<string> Shells { get; } = ["bash", "zsh", "fish"];

    [Theory]
    [MemberData(nameof(Shells))]
    public async Task Commands_complete(string shell) => Assert.Equal(["certificate"], await TabAsync(shell, "heliograph ce"));

    [Theory]
    [MemberData(nameof(Shells))]
    public async Task Commands_of_a_command_complete(string shell) =>
        Assert.Equal(["renew", "revoke"], await TabAsync(shell, "heliograph certificate re"));

    [Theory]
    [MemberData(nameof(Shells))]
    public async Task Flags_complete(string shell) => Assert.Equal(["--state-directory"], await TabAsync(shell, "heliograph run --sta"));

    [Theory]
    [MemberData(nameof(Shells))]
    public async Task Values_complete(string shell)
    {
        Assert.Equal(["signal", "signal-staging"], await TabAsync(shell, "heliograph run --route-set sig"));
        Assert.Equal(["files"], await TabAsync(shell, "heliograph init --certificate-source fi"));
        Assert.Equal(["key-compromise"], await TabAsync(shell, "heliograph certificate revoke --reason key"));
        Assert.Equal([shell], await TabAsync(shell, $"heliograph completion {shell[..2]}"));
    }

    [Fact]
    public async Task A_flag_without_a_value_to_offer_leaves_the_files_to_bash() =>
        Assert.Equal([""], await TabAsync("bash", "heliograph run --config "));

    [Fact]
    public async Task Another_shell_is_rejected()
    {
        var (code, output, errors) = await BuiltProgram.RunAsync("completion", "tcsh");
        Assert.Equal(
            (2, "", "heliograph: \"tcsh\": there is no such shell; allowed: bash, zsh, fish\nTry: heliograph completion --help\n"),
            (code, output, errors));
    }

    private async Task<string[]> TabAsync(string shell, string line)
    {
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["PATH"] = $"{directory.Path}:{Environment.GetEnvironmentVariable("PATH")}",
            // fish writes there.
            ["HOME"] = directory.Path,
        };
        string[] arguments = shell switch
        {
            "bash" => ["--norc", "-c", BashTab, "bash", line],
            "zsh" => ["-f", "-c", ZshTab, "zsh", line],
            _ => ["--no-config", "-c", FishTab, line],
        };
        var (code, output, errors) = await ChildProcess.RunAsync(shell, arguments, BuiltProgram.Limit, directory.Path, environment);
        Assert.Equal((0, ""), (code, errors));
        return output.TrimEnd('\n').Split('\n');
    }
}

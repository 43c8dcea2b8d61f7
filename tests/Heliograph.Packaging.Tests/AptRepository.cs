using Heliograph.Testing;

namespace Heliograph.Packaging.Tests;

/// <summary>The apt repository that <c>./eng/package --apt-repository</c> makes, signed with a key of the test's.</summary>
internal sealed class AptRepository : IDisposable
{
    private readonly TempDirectory directory = new();
    private readonly Dictionary<string, string?> environment = new(StringComparer.Ordinal);

    private AptRepository()
    {
        Directory.CreateDirectory(directory["debs"]);
        Directory.CreateDirectory(Home, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>What a web server would serve.</summary>
    public string Files => directory["repository"];

    private string Home => directory["gnupg"];

    public static async Task<AptRepository> CreateAsync()
    {
        var repository = new AptRepository();
        try
        {
            await repository.GpgAsync(
                "--passphrase", "a passphrase", "--quick-generate-key", "Test <test@mail.example>", "ed25519", "sign", "never");
            repository.environment["APT_SIGNING_KEY"] =
                await repository.GpgAsync("--passphrase", "a passphrase", "--armor", "--export-secret-keys");
            repository.environment["APT_SIGNING_PASSPHRASE"] = "a passphrase";
            return repository;
        }
        catch
        {
            repository.Dispose();
            throw;
        }
    }

    /// <summary>Adds a package under the name that a release gives it.</summary>
    public async Task AddAsync(string package, string version)
    {
        var (code, output, errors) = await TryAddAsync(package, version);
        Assert.True(code == 0, output + errors);
    }

    /// <param name="package">The file.</param>
    /// <param name="version">Its version.</param>
    /// <param name="change">What differs in the environment.</param>
    public Task<(int ExitCode, string Output, string Errors)> TryAddAsync(
        string package, string version, params (string Name, string? Value)[] change)
    {
        File.Copy(package, directory[$"debs/heliograph_{version}_amd64.deb"], overwrite: true);
        var variables = new Dictionary<string, string?>(environment, StringComparer.Ordinal);
        foreach (var (name, value) in change)
            variables[name] = value;
        return ChildProcess.RunAsync(
            Repository.PathOf("eng/package"), ["--apt-repository", Files, "--output", directory["debs"]], TimeSpan.FromMinutes(2),
            Repository.PathOf(""), variables);
    }

    /// <summary>Brings the files as they are now to a Debian, which reads them from there, and from nowhere else.</summary>
    public async Task PublishAsync(DebianRoot root)
    {
        File.Delete(root["etc/apt/sources.list"]);
        await Tool.RunAsync("rm", "-rf", root["srv/apt"]);
        await Tool.RunAsync("cp", "-R", Files, root["srv/apt"]);
        var sources = await File.ReadAllTextAsync(Path.Combine(Files, "heliograph.sources"));
        var address = (await Tool.RunAsync(Repository.PathOf("eng/addresses"), "apt")).Trim();
        Assert.Contains($"\nURIs: {address}\n", sources, StringComparison.Ordinal);
        await File.WriteAllTextAsync(
            root["etc/apt/sources.list.d/heliograph.sources"], sources.Replace(address, "file:/srv/apt", StringComparison.Ordinal));
    }

    public void Dispose() => directory.Dispose();

    private async Task<string> GpgAsync(params string[] arguments)
    {
        var home = new Dictionary<string, string?>(StringComparer.Ordinal) { ["GNUPGHOME"] = Home };
        var output = await Tool.RunAsync(
            TimeSpan.FromMinutes(1), home, "gpg", ["--batch", "--quiet", "--pinentry-mode", "loopback", .. arguments]);
        // gpg leaves an agent behind, which ends by itself only when its directory is gone.
        await Tool.RunAsync(TimeSpan.FromMinutes(1), home, "gpgconf", "--kill", "gpg-agent");
        return output;
    }
}

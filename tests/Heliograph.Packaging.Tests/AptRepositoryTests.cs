namespace Heliograph.Packaging.Tests;

/// <summary>The apt repository, in the Debian of somebody who adds it.</summary>
public sealed class AptRepositoryTests
{
    [Fact]
    public async Task A_machine_installs_from_it_upgrades_from_it_and_goes_back()
    {
        using var repository = await AptRepository.CreateAsync();
        using var root = await DebianRoot.CreateAsync();
        root.PretendSystemd();
        await repository.AddAsync(Packages.Deb, Packages.Version);
        await repository.PublishAsync(root);
        await root.RunAsync("apt-get", "update");
        await root.RunAsync("apt-get", "install", "--yes", "heliograph");
        Assert.Equal($"heliograph {Packages.Version}\n", await root.RunAsync("heliograph", "--version"));

        await repository.AddAsync(await root.MakeNewerAsync(), OtherVersions.Newer);
        await repository.PublishAsync(root);
        await root.RunAsync("apt-get", "update");
        await root.RunAsync("apt-get", "upgrade", "--yes");
        Assert.Equal(OtherVersions.Newer, await InstalledAsync(root));

        await root.RunAsync("apt-get", "install", "--yes", "--allow-downgrades", $"heliograph={Packages.Version}");
        Assert.Equal(Packages.Version, await InstalledAsync(root));

        var index = root["srv/apt/dists/stable/InRelease"];
        await File.WriteAllTextAsync(
            index,
            (await File.ReadAllTextAsync(index, Tool.Token)).Replace("Label: Heliograph", "Label: Heliographe", StringComparison.Ordinal),
            Tool.Token);
        var (_, output, errors) = await root.TryAsync("apt-get", "--error-on=any", "update");
        Assert.Contains("BADSIG", output + errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_published_package_never_changes_and_nothing_is_published_unsigned()
    {
        using var repository = await AptRepository.CreateAsync();
        Assert.Equal(
            (1, "package: the apt repository is signed: put the secret key into APT_SIGNING_KEY (gpg --armor --export-secret-keys KEY)\n"),
            Failure(await repository.TryAddAsync(Packages.Deb, "1", ("APT_SIGNING_KEY", null))));
        Assert.StartsWith(
            "package: APT_SIGNING_KEY is not a secret key as gpg exports it: ",
            Failure(await repository.TryAddAsync(Packages.Deb, "1", ("APT_SIGNING_KEY", "x"))).Errors,
            StringComparison.Ordinal);
        Assert.False(Directory.Exists(repository.Files));
        var wrong = await repository.TryAddAsync(Packages.Deb, "1", ("APT_SIGNING_PASSPHRASE", "wrong"));
        Assert.Contains(
            "package: the repository could not be signed; APT_SIGNING_PASSPHRASE holds the passphrase of the key\n", wrong.Errors,
            StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(repository.Files, "dists/stable")));

        await repository.AddAsync(Packages.Deb, "1");
        await repository.AddAsync(Packages.Deb, "1");
        Assert.Equal(
            (1, "package: the repository has another heliograph_1_amd64.deb; a changed package needs a new version\n"),
            Failure(await repository.TryAddAsync(Packages.Sbom, "1")));
    }

    private static async Task<string> InstalledAsync(DebianRoot root) =>
        (await root.RunAsync("dpkg-query", "--show", "--showformat=${Version}", "heliograph")).Trim();

    private static (int ExitCode, string Errors) Failure((int ExitCode, string Output, string Errors) run) => (run.ExitCode, run.Errors);
}

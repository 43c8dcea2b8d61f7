using Heliograph.Testing;
using YamlDotNet.RepresentationModel;

namespace Heliograph.Packaging.Tests;

/// <summary>The user data for a fresh machine.</summary>
public sealed class CloudInitTests
{
    private const string Sources = "etc/apt/sources.list.d/heliograph.sources";

    private static readonly string UserData = Repository.PathOf("packaging/cloud-init/heliograph.yaml");

    [Fact]
    public async Task Cloud_init_accepts_it()
    {
        Assert.Contains("Valid", await Tool.RunAsync("cloud-init", "schema", "--config-file", UserData), StringComparison.Ordinal);
        Assert.StartsWith("#cloud-config\n", await File.ReadAllTextAsync(UserData, Tool.Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Its_script_installs_the_package_from_the_apt_repository_configures_it_and_starts_it()
    {
        using var repository = await AptRepository.CreateAsync();
        using var root = await PreparedAsync(repository);
        var unchanged = await root.TryAsync("/usr/local/sbin/heliograph-setup");
        Assert.Equal(
            (2, "heliograph-setup: write your name after DOMAIN= in /etc/heliograph-setup, then run heliograph-setup again\n"),
            (unchanged.ExitCode, unchanged.Errors));
        Assert.False(File.Exists(root["usr/bin/heliograph"]));

        await FillInAsync(root);
        await root.RunAsync("/usr/local/sbin/heliograph-setup");
        Assert.Equal("domains: [proxy.example.org]\n", await File.ReadAllTextAsync(root["etc/heliograph/heliograph.yaml"], Tool.Token));
        Assert.Equal("enable --now heliograph.service", root.SystemctlCalls[^1]);
    }

    [Fact]
    public async Task The_machine_gets_later_versions_with_the_updates_of_the_system()
    {
        using var repository = await AptRepository.CreateAsync();
        using var root = await PreparedAsync(repository);
        await FillInAsync(root);
        await root.RunAsync("/usr/local/sbin/heliograph-setup");
        await repository.AddAsync(await root.MakeNewerAsync(), $"{Packages.Version}+1");
        await repository.PublishAsync(root);
        await root.RunAsync("apt-get", "update");
        await root.RunAsync("apt-get", "upgrade", "--yes");
        Assert.Equal($"heliograph\t{Packages.Version}+1\n", await root.RunAsync("dpkg-query", "--show", "heliograph"));

        // unattended-upgrades takes a package only from a repository whose origin is named to it.
        Assert.Contains(
            "\"origin=Heliograph\"", await root.RunAsync("apt-config", "dump", "Unattended-Upgrade::Origins-Pattern"),
            StringComparison.Ordinal);
        Assert.Contains(
            "\nOrigin: Heliograph\n", "\n" + await File.ReadAllTextAsync(root["srv/apt/dists/stable/Release"], Tool.Token),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_key_of_the_repository_did_not_sign_is_not_installed()
    {
        using var repository = await AptRepository.CreateAsync();
        using var root = await PreparedAsync(repository);
        await FillInAsync(root);
        foreach (var package in Directory.EnumerateFiles(root["srv/apt/pool"], "*.deb", SearchOption.AllDirectories))
            await File.AppendAllTextAsync(package, "x", Tool.Token);
        var (code, _, _) = await root.TryAsync("/usr/local/sbin/heliograph-setup");
        Assert.Equal(100, code);
        Assert.False(File.Exists(root["usr/bin/heliograph"]));
    }

    private static async Task FillInAsync(DebianRoot root)
    {
        var file = root["etc/heliograph-setup"];
        var text = await File.ReadAllTextAsync(file, Tool.Token);
        await File.WriteAllTextAsync(file, text.Replace("DOMAIN=\n", "DOMAIN=proxy.example.org\n", StringComparison.Ordinal), Tool.Token);
    }

    // The files that cloud-init would write, and in place of curl a script that reads from a directory what curl would fetch.
    private static async Task<DebianRoot> PreparedAsync(AptRepository repository)
    {
        await repository.AddAsync(Packages.Deb, Packages.Version);
        var root = await DebianRoot.CreateAsync();
        root.PretendSystemd();
        await repository.PublishAsync(root);
        File.Move(root[Sources], root["srv/apt/heliograph.sources"], overwrite: true);
        var stream = new YamlStream();
        using (var reader = File.OpenText(UserData))
            stream.Load(reader);
        foreach (var file in (YamlSequenceNode)stream.Documents[0].RootNode["write_files"])
        {
            await File.WriteAllTextAsync(root[file["path"].ToString()], file["content"].ToString());
            await root.RunAsync("chmod", file["permissions"].ToString(), file["path"].ToString());
        }
        var address = (await Tool.RunAsync(Repository.PathOf("eng/addresses"), "apt")).Trim();
        await File.WriteAllTextAsync(root["usr/bin/curl"], $$"""
            #!/bin/sh
            while [ $# -gt 1 ]; do [ "$1" != --output ] || out=$2; shift; done
            case $1 in {{address}}/*) cp "/srv/apt/${1##*/}" "$out" ;; *) exit 1 ;; esac

            """);
        await root.RunAsync("chmod", "755", "/usr/bin/curl");
        return root;
    }
}

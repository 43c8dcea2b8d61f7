using Heliograph.Testing;
using YamlDotNet.RepresentationModel;

namespace Heliograph.Packaging.Tests;

/// <summary>The user data for a fresh machine.</summary>
public sealed class CloudInitTests
{
    private static readonly string UserData = Repository.PathOf("packaging/cloud-init/heliograph.yaml");

    [Fact]
    public async Task Cloud_init_accepts_it()
    {
        Assert.Contains("Valid", await Tool.RunAsync("cloud-init", "schema", "--config-file", UserData), StringComparison.Ordinal);
        Assert.StartsWith("#cloud-config\n", await File.ReadAllTextAsync(UserData, Tool.Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Its_script_installs_the_release_configures_it_and_starts_it()
    {
        using var root = await PreparedAsync();
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
    public async Task A_package_with_a_wrong_checksum_is_not_installed()
    {
        using var root = await PreparedAsync();
        await FillInAsync(root);
        await File.AppendAllTextAsync(root[$"release/{Path.GetFileName(Packages.Deb)}"], "x", Tool.Token);
        var (code, output, _) = await root.TryAsync("/usr/local/sbin/heliograph-setup");
        Assert.Equal(1, code);
        Assert.Contains("FAILED", output, StringComparison.Ordinal);
        Assert.False(File.Exists(root["usr/bin/heliograph"]));
    }

    private static async Task FillInAsync(DebianRoot root)
    {
        var file = root["etc/heliograph-setup"];
        var text = await File.ReadAllTextAsync(file, Tool.Token);
        Assert.Contains($"/releases/download/v{Packages.Version}\n", text, StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, text.Replace("DOMAIN=\n", "DOMAIN=proxy.example.org\n", StringComparison.Ordinal), Tool.Token);
    }

    // The files that cloud-init would write, and in place of curl a script that reads from a directory what curl would fetch.
    private static async Task<DebianRoot> PreparedAsync()
    {
        var root = await DebianRoot.CreateAsync();
        root.PretendSystemd();
        var stream = new YamlStream();
        using (var reader = File.OpenText(UserData))
            stream.Load(reader);
        foreach (var file in (YamlSequenceNode)stream.Documents[0].RootNode["write_files"])
        {
            await File.WriteAllTextAsync(root[file["path"].ToString()], file["content"].ToString());
            await root.RunAsync("chmod", file["permissions"].ToString(), file["path"].ToString());
        }
        await File.WriteAllTextAsync(root["usr/bin/curl"], """
            #!/bin/sh
            while [ $# -gt 1 ]; do [ "$1" != --output ] || out=$2; shift; done
            case $1 in https://*) cp "/release/${1##*/}" "$out" ;; *) exit 1 ;; esac

            """);
        await root.RunAsync("chmod", "755", "/usr/bin/curl");
        Directory.CreateDirectory(root["release"]);
        foreach (var name in new[] { Packages.Deb, Path.Combine(Packages.Output, "SHA256SUMS") })
            File.Copy(name, root[$"release/{Path.GetFileName(name)}"]);
        return root;
    }
}

namespace Heliograph.Packaging.Tests;

/// <summary>The configuration is the operator's: no package touches it or asks about it, with a terminal or without.</summary>
public sealed class DebConfigurationTests
{
    private const string Configuration = "/etc/heliograph/heliograph.yaml";

    [Fact]
    public async Task The_package_contains_an_example_and_no_configuration()
    {
        using var root = await DebianRoot.CreateAsync();
        await root.InstallAsync(Packages.Deb);
        Assert.Equal("", await root.RunAsync("dpkg-query", "--show", "--showformat=${Conffiles}", "heliograph"));
        Assert.DoesNotContain("\n/etc", await root.RunAsync("dpkg-query", "--listfiles", "heliograph"), StringComparison.Ordinal);
        await root.RunAsync("test", "-s", "/usr/share/doc/heliograph/examples/heliograph.yaml");
    }

    [Fact]
    public async Task An_upgrade_and_a_reinstallation_without_a_terminal_keep_what_init_wrote()
    {
        using var root = await DebianRoot.CreateAsync();
        await root.InstallAsync(Packages.Deb);
        await InitializeAsync(root);
        var before = await StateAsync(root);
        await root.InstallAsync(Packages.Deb);
        Assert.Equal(before, await StateAsync(root));
        await root.InstallAsync(await root.MakeNewerAsync());
        Assert.Equal(before, await StateAsync(root));
        await root.RunAsync("dpkg", "--remove", "heliograph");
        await root.InstallAsync(Packages.Deb);
        Assert.Equal(before, await StateAsync(root));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_upgrade_from_a_package_that_contained_the_configuration_asks_nothing_and_keeps_it(bool initialized)
    {
        using var root = await DebianRoot.CreateAsync();
        var clean = await root.FilesAsync();
        await root.InstallAsync(await root.MakeOlderAsync());
        if (initialized)
            await InitializeAsync(root);
        var before = await StateAsync(root);
        await root.InstallAsync(Packages.Deb);
        Assert.Equal(before, await StateAsync(root));
        await root.InstallAsync(await root.MakeNewerAsync());
        Assert.Equal(before, await StateAsync(root));
        // A file that sets nothing is replaced without asking.
        if (!initialized)
            await InitializeAsync(root);
        await root.RunAsync("dpkg", "--purge", "heliograph");
        Assert.Equal(clean, await root.FilesAsync());
    }

    [Fact]
    public async Task Purge_removes_what_init_wrote()
    {
        using var root = await DebianRoot.CreateAsync();
        var clean = await root.FilesAsync();
        await root.InstallAsync(Packages.Deb);
        await InitializeAsync(root);
        await root.RunAsync("dpkg", "--purge", "heliograph");
        Assert.Equal(clean, await root.FilesAsync());
    }

    /// <summary>init exits with 3 on a machine that is unfit for a proxy, as here.</summary>
    private static async Task InitializeAsync(DebianRoot root)
    {
        var init = await root.TryAsync("heliograph", "init", "--domain", "proxy.example.org", "--offline", "--no-qr");
        Assert.True(init.ExitCode is 0 or 3, init.Output + init.Errors);
        await root.RunAsync("heliograph", "config", "validate");
    }

    private static async Task<string> StateAsync(DebianRoot root) =>
        await root.RunAsync("stat", "--format=%a %U %G %Y", Configuration) + await root.RunAsync("cat", Configuration)
        + await root.RunAsync("ls", "-A", "/etc/heliograph");
}

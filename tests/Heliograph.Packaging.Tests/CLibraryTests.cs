using System.Text.RegularExpressions;

namespace Heliograph.Packaging.Tests;

/// <summary>Which systems the machine code runs on, as far as the C library decides.</summary>
public sealed partial class CLibraryTests(Packages packages)
{
    /// <summary>Ubuntu 22.04 and Fedora 36 have glibc 2.35, Debian 12 has 2.36.</summary>
    private static readonly Version Oldest = new(2, 34);

    [Fact]
    public Task The_program_for_amd64_needs_glibc_2_34_at_most() => AssertAsync(Path.Combine(packages.Native, "heliograph"));

    internal static async Task AssertAsync(string program)
    {
        // readelf, because objdump knows only the processors that it was built for.
        var versions = Versions().Matches(await Tool.RunAsync("readelf", "--wide", "--version-info", program))
            .Select(static match => Version.Parse(match.Groups["version"].Value)).ToList();
        Assert.NotEmpty(versions);
        Assert.All(versions, static version => Assert.True(version <= Oldest, $"it needs GLIBC_{version}"));
    }

    [GeneratedRegex(@"Name: GLIBC_(?<version>[0-9.]+)", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Versions();
}

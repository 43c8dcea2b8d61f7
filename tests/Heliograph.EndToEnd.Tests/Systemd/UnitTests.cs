using Heliograph.Testing;

namespace Heliograph.EndToEnd.Tests.Systemd;

/// <summary>The units, as systemd itself judges them.</summary>
public sealed class UnitTests : IDisposable
{
    /// <summary>The exposure allowed, in tenths: 2.0 of 10.</summary>
    private const string Threshold = "20";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly TempDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task Systemd_finds_no_fault_in_the_units()
    {
        var (service, socket) = Units.WriteTo(directory);
        var (code, output, errors) = await ChildProcess.RunAsync("systemd-analyze", ["verify", "--man=no", service, socket], Limit);
        Assert.Equal("", output + errors);
        Assert.Equal(0, code);
    }

    [Fact]
    public async Task The_services_exposure_is_2_0_or_less_and_every_line_left_open_has_its_reason()
    {
        var (service, _) = Units.WriteTo(directory);
        var (code, output, errors) = await ChildProcess.RunAsync(
            "systemd-analyze", ["security", "--no-pager", "--offline=true", $"--threshold={Threshold}", service], Limit);
        Assert.True(code == 0, output + errors);
        var open = output.Split('\n').Where(static line => line.StartsWith('✗')).Select(static line => line[1..line.IndexOf('=', StringComparison.Ordinal)].Trim()).ToList();
        Assert.NotEmpty(open);
        var comments = string.Concat(Units.Service.Split('\n').Where(static line => line.StartsWith('#')));
        Assert.All(open, setting => Assert.Contains(setting + "=", comments, StringComparison.Ordinal));
    }
}

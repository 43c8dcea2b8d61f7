using Heliograph.Platform;
using Microsoft.Extensions.Logging.Abstractions;

namespace Heliograph.Web.Tests;

public sealed class DecoySeedTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("seed-").FullName;

    private string StateDirectory => Path.Combine(directory, "state");

    private PrivateDirectory State => new(StateDirectory, TimeProvider.System, NullLogger.Instance);

    private string SeedFile => Path.Combine(StateDirectory, "decoy.seed");

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public void The_seed_is_created_once_and_kept()
    {
        var first = DecoySeed.LoadOrCreate(State, TimeProvider.System);
        Assert.Equal(DecoySeed.Length, new FileInfo(SeedFile).Length);
        var second = DecoySeed.LoadOrCreate(State, TimeProvider.System);
        Assert.Equal(first.Random, second.Random);
        Assert.Equal(first.InstalledOn, second.InstalledOn);
        Assert.Single(Directory.GetFiles(StateDirectory));
    }

    [Fact]
    public void Only_the_owner_may_read_it()
    {
        DecoySeed.LoadOrCreate(State, TimeProvider.System);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(SeedFile));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(StateDirectory));
    }

    [Fact]
    public async Task Processes_that_create_it_at_once_agree()
    {
        var seeds = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => DecoySeed.LoadOrCreate(State, TimeProvider.System))));
        Assert.Single(seeds.Select(static seed => Convert.ToHexString(seed.Random)).Distinct(StringComparer.Ordinal));
        Assert.Single(Directory.GetFiles(StateDirectory));
    }

    [Fact]
    public void A_damaged_seed_is_neither_used_nor_replaced()
    {
        Directory.CreateDirectory(StateDirectory);
        File.WriteAllText(SeedFile, "short");
        var error = Assert.Throws<WebServerException>(() => DecoySeed.LoadOrCreate(State, TimeProvider.System));
        Assert.Contains(SeedFile, error.Message, StringComparison.Ordinal);
        Assert.Equal("short", File.ReadAllText(SeedFile));
    }

    [Fact]
    public void A_state_directory_that_cannot_be_written_is_one_sentence()
    {
        // Not even root can create a directory below a file.
        File.WriteAllText(StateDirectory, "in the way");
        var error = Assert.Throws<WebServerException>(() => DecoySeed.LoadOrCreate(State, TimeProvider.System));
        Assert.Contains("state_directory", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }
}

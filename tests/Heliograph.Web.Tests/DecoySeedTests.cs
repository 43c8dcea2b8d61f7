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
        var seeds = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => Task.Run(() => DecoySeed.LoadOrCreate(State, TimeProvider.System))));
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
    public void A_file_of_the_operators_is_read_through_the_links_of_a_Kubernetes_volume()
    {
        var seed = Enumerable.Range(0, DecoySeed.RandomLength).Select(static number => (byte)number).ToArray();
        var version = Directory.CreateDirectory(Path.Combine(directory, "..2026_11_27")).FullName;
        File.WriteAllBytes(Path.Combine(version, "seed"), seed);
        Directory.CreateSymbolicLink(Path.Combine(directory, "..data"), "..2026_11_27");
        File.CreateSymbolicLink(Path.Combine(directory, "seed"), Path.Combine("..data", "seed"));

        // The day is in the number, because the file's time is another in each pod.
        File.SetLastWriteTimeUtc(Path.Combine(version, "seed"), new DateTime(2031, 5, 6, 0, 0, 0, DateTimeKind.Utc));
        var loaded = DecoySeed.Load(Path.Combine(directory, "seed"));
        Assert.Equal(seed, loaded.Random);
        Assert.Equal(new DateOnly(2026, 1, 2), loaded.InstalledOn);
        Assert.Equal(seed, DecoySeed.Load(Path.Combine(version, "seed")).Random);
    }

    [Fact]
    public void The_seed_of_another_machines_state_directory_has_its_day_with_it()
    {
        var there = DecoySeed.LoadOrCreate(State, TimeProvider.System);

        var here = DecoySeed.Load(SeedFile);

        Assert.Equal(there.Random, here.Random);
        Assert.Equal(there.InstalledOn, here.InstalledOn);
    }

    [Theory]
    [InlineData(31)]
    [InlineData(33)]
    [InlineData(0)]
    public void A_file_of_the_operators_that_is_no_seed_is_refused_with_what_to_do(int length)
    {
        var path = Path.Combine(directory, "seed");
        File.WriteAllBytes(path, new byte[length]);

        var error = Assert.Throws<WebServerException>(() => DecoySeed.Load(path));
        Assert.Equal(
            $"The decoy's seed {path} (decoy.seed_file) is not 32 bytes long; copy decoy.seed from the state directory of the machine " +
            $"whose site it shall be, or draw a new one: head -c 32 /dev/urandom > {path}",
            error.Message);
    }

    [Fact]
    public void A_file_of_the_operators_that_is_missing_is_not_created()
    {
        var path = Path.Combine(directory, "seed");

        var error = Assert.Throws<WebServerException>(() => DecoySeed.Load(path));
        Assert.StartsWith($"The decoy's seed {path} (decoy.seed_file) does not exist; ", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void A_pipe_is_refused_without_waiting_for_its_writer()
    {
        var path = Path.Combine(directory, "seed");
        using (var mkfifo = System.Diagnostics.Process.Start("mkfifo", [path]))
            mkfifo.WaitForExit();

        var error = Assert.Throws<WebServerException>(() => DecoySeed.Load(path));
        Assert.Contains("is not 32 bytes long", error.Message, StringComparison.Ordinal);
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

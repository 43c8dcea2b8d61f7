using System.Text.Json.Serialization;
using Heliograph.Platform;
using Heliograph.Testing;

namespace Heliograph.Tests.Platform;

public sealed partial class PrivateDirectoryTests : IDisposable
{
    private const string FileName = "account.json";

    private readonly TempDirectory temp = new();
    private readonly RecordingLogger log = new();

    public void Dispose() => temp.Dispose();

    [Fact]
    public void A_write_interrupted_at_any_step_leaves_the_old_or_the_new_file_intact()
    {
        foreach (var step in Enum.GetValues<WriteStep>())
        {
            var directory = Open();
            directory.Write(FileName, Account("old"), RecordJson.Default.Record);
            var dying = Open(reached =>
            {
                if (reached == step)
                    throw new OperationCanceledException("killed");
            });
            Assert.Throws<OperationCanceledException>(() => dying.Write(FileName, Account("new"), RecordJson.Default.Record));

            // What the next process finds.
            Assert.Equal(step == WriteStep.Sync ? "new" : "old", Read()!.Email);
            directory.Write(FileName, Account("newer"), RecordJson.Default.Record);
            Assert.Equal("newer", Read()!.Email);
            Assert.Equal([FileName], Directory.GetFiles(directory.Path).Select(Path.GetFileName));
        }
    }

    [Fact]
    public void A_file_cut_off_anywhere_is_set_aside_and_never_fatal()
    {
        Open().Write(FileName, Account("x"), RecordJson.Default.Record);
        var path = Path.Combine(temp["acme"], FileName);
        var whole = File.ReadAllBytes(path);
        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(path, whole[..length]);
            Assert.Null(Read());
            Assert.False(File.Exists(path));
        }
        Assert.Contains("is damaged", log.All, StringComparison.Ordinal);
        Assert.NotEmpty(Directory.GetFiles(temp["acme"], FileName + ".damaged-*"));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"email\":\"x\"}")]
    [InlineData("\0\0\0\0")]
    public void A_file_with_other_content_is_set_aside(string text)
    {
        Open();
        File.WriteAllText(Path.Combine(temp["acme"], FileName), text);
        Assert.Null(Read());
        Assert.Contains("is damaged", log.All, StringComparison.Ordinal);
    }

    [Fact]
    public void An_endless_file_is_not_read()
    {
        Open();
        using (var file = File.Create(Path.Combine(temp["acme"], FileName)))
            file.SetLength(1L << 40);
        Assert.Null(Read());
    }

    [Fact]
    public void Files_have_mode_0600_and_the_directory_0700_even_if_it_existed_before()
    {
        Directory.CreateDirectory(temp["acme"], (UnixFileMode)511);
        Open().Write(FileName, Account("x"), RecordJson.Default.Record);
        Assert.Equal((UnixFileMode)448, File.GetUnixFileMode(temp["acme"]));
        Assert.Equal((UnixFileMode)384, File.GetUnixFileMode(Path.Combine(temp["acme"], FileName)));
    }

    [Fact]
    public void Only_one_process_holds_the_lock_and_releases_it_at_its_end()
    {
        var directory = Open();
        using (var held = directory.TryLock("lock"))
        {
            Assert.NotNull(held);
            Assert.Null(Open().TryLock("lock"));
        }
        using var again = Open().TryLock("lock");
        Assert.NotNull(again);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_link_in_it_is_neither_read_nor_locked_nor_created_through(bool leadsSomewhere)
    {
        var directory = Open();
        var secret = temp["secret"];
        if (leadsSomewhere)
            File.WriteAllText(secret, "{}");
        File.CreateSymbolicLink(Path.Combine(directory.Path, FileName), secret);
        foreach (var use in new Action[]
        {
            () => Read(),
            () => directory.ReadBytes(FileName),
            () => directory.ReadOrCreate(FileName, static () => [1]),
            () => directory.TryLock(FileName),
        })
        {
            var error = Assert.Throws<StorageException>(use);
            Assert.Contains("It is a link, which is not followed; delete it", error.Message, StringComparison.Ordinal);
        }
        Assert.Equal(leadsSomewhere, File.Exists(secret));

        // What is written takes its place.
        directory.WriteBytes(FileName, [2]);
        Assert.Equal([2], directory.ReadBytes(FileName));
        if (leadsSomewhere)
            Assert.Equal("{}", File.ReadAllText(secret));
    }

    [Fact]
    public async Task A_pipe_in_it_is_not_waited_for()
    {
        Open();
        await ChildProcess.RunAsync("mkfifo", [Path.Combine(temp["acme"], FileName)], Bound.Prompt);
        var error = Assert.Throws<StorageException>(() => Read());
        Assert.Contains("It is not a regular file.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_directory_is_not_made_private_through_a_link()
    {
        Directory.CreateDirectory(temp["elsewhere"], (UnixFileMode)0b111_101_101);
        Directory.CreateSymbolicLink(temp["acme"], temp["elsewhere"]);
        var error = Assert.Throws<StorageException>(() => Open());
        Assert.Contains("It is a link, which is not followed", error.Message, StringComparison.Ordinal);
        Assert.Equal((UnixFileMode)0b111_101_101, File.GetUnixFileMode(temp["elsewhere"]));
    }

    [Fact]
    public void A_state_directory_that_cannot_be_created_is_reported_with_its_path()
    {
        temp.Write("acme", "a file is in the way");
        var error = Assert.Throws<StorageException>(() => Open());
        Assert.Contains(temp["acme"], error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failed_write_is_reported_and_the_old_file_stays()
    {
        Open().Write(FileName, Account("old"), RecordJson.Default.Record);
        var readOnly = Open(_ => throw new IOException("Read-only file system"));
        var error = Assert.Throws<StorageException>(() => readOnly.Write(FileName, Account("new"), RecordJson.Default.Record));
        Assert.Contains("Read-only file system", error.Message, StringComparison.Ordinal);
        Assert.Equal("old", Read()!.Email);
    }

    [Fact]
    public void Two_processes_that_create_a_file_at_once_both_get_the_content_of_the_first()
    {
        var second = Open(reached =>
        {
            if (reached == WriteStep.Rename)
                Assert.Equal([1], Open().ReadOrCreate("seed", static () => [1]));
        });
        Assert.Equal([1], second.ReadOrCreate("seed", static () => [2]));
        Assert.Equal([Path.Combine(temp["acme"], "seed")], Directory.GetFiles(temp["acme"]));
    }

    [Fact]
    public void A_file_that_cannot_be_created_leaves_nothing_behind()
    {
        foreach (var step in Enum.GetValues<WriteStep>().Where(static step => step < WriteStep.Sync))
        {
            var full = Open(reached =>
            {
                if (reached == step)
                    throw new IOException("No space left on device");
            });
            var error = Assert.Throws<StorageException>(() => full.ReadOrCreate("seed", static () => [1]));
            Assert.Contains("No space left on device", error.Message, StringComparison.Ordinal);
            Assert.Empty(Directory.GetFiles(temp["acme"]));
        }
    }

    private PrivateDirectory Open(Action<WriteStep>? fault = null)
    {
        var directory = new PrivateDirectory(temp["acme"], TimeProvider.System, log, fault);
        directory.Create();
        return directory;
    }

    private Record? Read() => Open().Read(FileName, RecordJson.Default.Record, record => record.Key is null ? "no key" : null);

    private static Record Account(string email) => new() { Key = "key", Email = email };

    private sealed record Record
    {
        public required string Key { get; init; }

        public string? Email { get; init; }
    }

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
    [JsonSerializable(typeof(Record))]
    private sealed partial class RecordJson : JsonSerializerContext;
}

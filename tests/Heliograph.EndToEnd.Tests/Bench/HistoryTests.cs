using System.Text.Json;
using Heliograph.Testing;

namespace Heliograph.EndToEnd.Tests.Bench;

/// <summary>The figures recorded for each release.</summary>
public sealed class HistoryTests
{
    [Fact]
    public void Every_file_is_a_full_comparison_of_the_version_that_it_is_named_after() =>
        Assert.All(Directory.EnumerateFiles(Repository.PathOf("bench/history"), "*.json"), static path =>
        {
            using var document = JsonDocument.Parse(File.ReadAllText(path));
            var file = document.RootElement;
            ComparisonFile.AssertComplete(file);
            Assert.Equal(Path.GetFileNameWithoutExtension(path), file.GetProperty("machine").GetProperty("heliograph").GetString());
            // The full sizes, not those of --quick.
            Assert.InRange(file.GetProperty("rounds").GetInt32(), 5, 100);
            Assert.Equal(4_000_000_000, file.GetProperty("sizes").GetProperty("bulkBytes").GetInt64());
        });
}

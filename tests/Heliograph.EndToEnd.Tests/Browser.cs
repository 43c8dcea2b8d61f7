using Heliograph.Testing;

namespace Heliograph.EndToEnd.Tests;

/// <summary>Chromium, without a window.</summary>
internal static class Browser
{
    /// <summary>It starts slowly on a busy machine.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private static readonly string? Program = new[] { "/usr/bin/chromium", "/usr/bin/google-chrome" }.FirstOrDefault(File.Exists);

    /// <summary>Opens a page; without the program, the test is skipped.</summary>
    /// <param name="directory">For its profile.</param>
    /// <param name="address">The page.</param>
    /// <param name="options">What to do with it, such as <c>--dump-dom</c>.</param>
    /// <returns>Standard output and standard error.</returns>
    public static async Task<(string Output, string Errors)> OpenAsync(
        TempDirectory directory, string address, params IReadOnlyList<string> options)
    {
        Assert.SkipWhen(Program is null, "there is no Chromium");
        var (code, output, errors) = await ChildProcess.RunAsync(
            Program,
            [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
                "--allow-file-access-from-files", $"--user-data-dir={directory["profile"]}", .. options, address,
            ],
            Limit);
        Assert.True(code == 0, errors);
        return (output, errors);
    }
}

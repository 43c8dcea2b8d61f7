using System.Diagnostics;

namespace Heliograph.Compare.Peers;

/// <summary>The yardstick: a relay in C that does nothing but end TLS and copy bytes. Compiled for each run.</summary>
internal static class CRelay
{
    /// <summary>Compiles it into a directory.</summary>
    public static string Compile(string directory)
    {
        var (source, program) = (Path.Combine(directory, "relay.c"), Path.Combine(directory, "relay"));
        using (var file = File.Create(source))
        using (var text = typeof(CRelay).Assembly.GetManifestResourceStream("relay.c")!)
            text.CopyTo(file);
        var start = new ProcessStartInfo(Installed.Find("gcc")!, ["-O2", "-o", program, source, "-lssl", "-lcrypto"])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
        };
        using var compiler = Process.Start(start)!;
        var errors = compiler.StandardError.ReadToEnd();
        compiler.WaitForExit();
        return compiler.ExitCode == 0
            ? program
            : throw new CompareException($"the C relay could not be compiled: {errors.Trim().Split('\n')[0]}");
    }
}

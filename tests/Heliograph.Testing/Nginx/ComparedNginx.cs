using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Heliograph.Testing.Nginx;

/// <summary>
/// The nginx that everything is compared with: this machine's, or the one that <c>HELIOGRAPH_TEST_NGINX</c> names. <c>nginx -V</c> tells
/// where its nginx.conf and its modules are; mime.types lies beside nginx.conf.
/// </summary>
public static partial class ComparedNginx
{
    public const string Variable = "HELIOGRAPH_TEST_NGINX";

    private static readonly string? Given = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } path ? path : null;

    private static readonly string Said = IsInstalled ? Ask() : "";

    public static bool IsOfThisMachine => Given is null;

    public static string Executable => Given ?? "/usr/sbin/nginx";

    /// <summary>nginx is a program of the machine, not of the repository. If one that was named is missing, tests fail.</summary>
    public static bool IsInstalled => !IsOfThisMachine || File.Exists(Executable);

    /// <summary>0.0 if there is none.</summary>
    public static Version Version { get; } = Version.Parse(VersionSaid().Match(Said) is { Success: true } said ? said.Value : "0.0");

    /// <summary>What decoy.like is beside it.</summary>
    public static string Profile => "nginx-" + Version.ToString(2);

    public static string MimeTypes => Path.Combine(Configuration, "mime.types");

    /// <summary>Debian's libnginx-mod-stream.</summary>
    public static string StreamModule => Path.Combine(Argument("modules-path") ?? "/usr/lib/nginx/modules", "ngx_stream_module.so");

    /// <summary>The directive server_tokens as the distribution's own nginx.conf has it; empty if it has none.</summary>
    public static string ServerTokens { get; } =
        File.Exists(Path.Combine(Configuration, "nginx.conf"))
            ? File.ReadLines(Path.Combine(Configuration, "nginx.conf")).Select(static line => line.Split('#')[0].Trim())
                .FirstOrDefault(static line => line.StartsWith("server_tokens ", StringComparison.Ordinal), "")
            : "";

    private static string Configuration => Path.GetDirectoryName(Argument("conf-path")) ?? "/etc/nginx";

    private static string Ask()
    {
        using var process = Process.Start(
            new ProcessStartInfo(Executable, ["-V"]) { UseShellExecute = false, RedirectStandardError = true })!;
        return process.StandardError.ReadToEnd();
    }

    private static string? Argument(string name) =>
        Said.Split(' ').Select(word => word.Trim().Split($"--{name}=")).FirstOrDefault(static parts => parts.Length == 2)?[1];

    [GeneratedRegex("(?<=nginx/)[0-9.]+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex VersionSaid();
}

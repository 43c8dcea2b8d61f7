using System.Globalization;
using System.Security.Cryptography;

namespace Heliograph.Web;

/// <summary>
/// One of the nginx that distributions ship, with the distribution's nginx.conf: everything in which a visitor can tell it from the others.
/// What differs in TLS is OpenSSL's, and the machine's own. Security updates that change nothing a visitor sees are not told apart.
/// </summary>
public sealed record NginxProfile
{
    /// <summary>Debian 12.</summary>
    public static readonly NginxProfile Nginx122 = new()
    {
        Name = "nginx-1.22",
        Server = "nginx/1.22.1",
    };

    /// <summary>Ubuntu 24.04, which writes its name behind the version.</summary>
    public static readonly NginxProfile Nginx124 = new()
    {
        Name = "nginx-1.24",
        Server = "nginx/1.24.0 (Ubuntu)",
        AnswersMalformedFields = true,
        ReadsEveryUserAgent = true,
        AgesSessions = true,
        KnowsOggAndMatroska = true,
    };

    /// <summary>Debian 13, whose nginx.conf says <c>server_tokens off</c>.</summary>
    public static readonly NginxProfile Nginx126 = Nginx124 with { Name = "nginx-1.26", Server = "nginx", KnowsXslt = true };

    /// <summary>Ubuntu 26.04, whose nginx.conf is Debian 13's but for <c>server_tokens build</c>.</summary>
    public static readonly NginxProfile Nginx128 = Nginx126 with
    {
        Name = "nginx-1.28",
        Server = "nginx/1.28.3 (Ubuntu)",
        ChecksHttp2Apart = true,
    };

    private static readonly string[] OsRelease = ["/etc/os-release", "/usr/lib/os-release"];

    // OpenSSL 3.5: whoever looks at the handshake sees X25519MLKEM768.
    private static readonly Version FirstWithMlKem = new(3, 5);

    /// <summary>The oldest first.</summary>
    public static IReadOnlyList<NginxProfile> All { get; } = [Nginx122, Nginx124, Nginx126, Nginx128];

    /// <summary>As decoy.like names it.</summary>
    public required string Name { get; init; }

    /// <summary>The <c>Server</c> field, and the foot of nginx's own pages (server_tokens).</summary>
    public required string Server { get; init; }

    /// <summary>
    /// HTTP/2: a field whose name or value cannot be is answered with 400; before 1.23.4, with RST_STREAM and PROTOCOL_ERROR.
    /// </summary>
    public bool AnswersMalformedFields { get; init; }

    /// <summary>Of several <c>User-Agent</c> fields each is looked at for old browsers; before 1.23, only the first.</summary>
    public bool ReadsEveryUserAgent { get; init; }

    /// <summary>A resumed TLS 1.3 session ends when the first of its chain would have, and its tickets say so; since 1.23.2.</summary>
    public bool AgesSessions { get; init; }

    /// <summary>.ogv and .mkv have types: the mime.types of Debian's 1.24.0-2, which Ubuntu 24.04 took.</summary>
    public bool KnowsOggAndMatroska { get; init; }

    /// <summary>.xsl and .xslt have a type: the mime.types of Debian's 1.26.0-1.</summary>
    public bool KnowsXslt { get; init; }

    /// <summary>
    /// HTTP/2: <c>:authority</c> and <c>Host</c> may both come, with one value, and nobody looks at <c>Transfer-Encoding</c>; before 1.28.1
    /// (and 1.29.1), the first two are one field, and the rules of HTTP/1 apply to both versions.
    /// </summary>
    public bool ChecksHttp2Apart { get; init; }

    /// <summary>What this machine's distribution ships.</summary>
    public static NginxProfile OfThisMachine()
    {
        var version = SafeEvpPKeyHandle.OpenSslVersion;
        var file = OsRelease.FirstOrDefault(File.Exists);
        return ForSystem(file is null ? "" : File.ReadAllText(file), new Version((int)(version >> 28), (int)((version >> 20) & 0xff)));
    }

    /// <summary>
    /// What a machine's distribution ships. Where that is none of these, its OpenSSL decides: no system pairs the old nginx with OpenSSL
    /// 3.5, nor the new ones with OpenSSL 3.0.
    /// </summary>
    /// <param name="osRelease">The content of /etc/os-release; empty if there is none.</param>
    /// <param name="openSsl">Major and minor version of the OpenSSL in use.</param>
    public static NginxProfile ForSystem(string osRelease, Version openSsl)
    {
        ArgumentNullException.ThrowIfNull(osRelease);
        return (Value(osRelease, "ID"), Value(osRelease, "VERSION_ID")) switch
        {
            // Ubuntu 22.04 has 1.18, of which nobody imitates the HTTP/2; 1.22 is on the machines whose OpenSSL answers as its own does.
            ("debian", "12") or ("ubuntu", "22.04") => Nginx122,
            ("ubuntu", "24.04") => Nginx124,
            ("debian", "13") => Nginx126,
            ("ubuntu", "26.04") => Nginx128,
            _ => openSsl >= FirstWithMlKem ? Nginx126 : Nginx122,
        };
    }

    // A line is NAME=value or NAME="value" (os-release(5)).
    private static string Value(string osRelease, string name) =>
        osRelease.Split('\n')
            .Where(line => line.StartsWith(name + "=", StringComparison.Ordinal))
            .Select(line => line[(name.Length + 1)..].Trim().Trim('"', '\'').ToLower(CultureInfo.InvariantCulture))
            .FirstOrDefault("");
}

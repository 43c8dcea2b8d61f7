using System.Text.Json.Serialization;

namespace Heliograph.Checking;

/// <summary>
/// One thing that was checked. The names of its members, and the words in <see cref="Step"/> and <see cref="Outcome"/>,
/// are a contract with scripts.
/// </summary>
internal sealed record CheckStep
{
    /// <summary>What was checked: one of <see cref="Steps"/>.</summary>
    public required string Step { get; init; }

    /// <summary>The address or name that was checked.</summary>
    public string? Subject { get; init; }

    /// <summary>The outcome, in one word of this program: never anything that a server said.</summary>
    public required string Outcome { get; init; }

    [JsonPropertyName("level")]
    public required Severity Severity { get; init; }

    /// <summary>The same for a person. May quote a server, without anything that a terminal would obey.</summary>
    public required string Seen { get; init; }

    /// <summary>What to do. Follows a colon: begins with a small letter and has no full stop. Null: nothing.</summary>
    [JsonPropertyName("mend")]
    public string? Remedy { get; init; }

    /// <summary>How long it took, in milliseconds; null if there was nothing to wait for.</summary>
    public double? TookMs { get; init; }

    /// <summary>Of <see cref="Steps.Tls"/> and <see cref="Steps.Route"/>: <c>TLS 1.3</c>.</summary>
    public string? Protocol { get; init; }

    /// <summary>Of <see cref="Steps.Certificate"/> and <see cref="Steps.Route"/>.</summary>
    public CertificateCheck? Certificate { get; init; }
}

/// <summary>The words of <see cref="CheckStep.Step"/>.</summary>
internal static class Steps
{
    /// <summary>A check of this machine; the subject names it.</summary>
    public const string Machine = "machine";
    public const string Dns = "dns";
    public const string Tcp = "tcp";
    public const string Tls = "tls";
    public const string Certificate = "certificate";
    public const string Network = "network";
    public const string Route = "route";
    public const string Direct = "direct";
    public const string KeyExchange = "key_exchange";
    public const string DeniedName = "denied_name";
    public const string WebPage = "web_page";
    public const string Alike = "alike";
    public const string PlainHttp = "plain_http";

    /// <summary>etcd, by which the machines of a fleet share, answers strangers.</summary>
    public const string Store = "store";
}

/// <summary>A step that is running or done, for the person who waits.</summary>
/// <param name="What">A few words.</param>
/// <param name="Done">False: it is running.</param>
internal sealed record CheckProgress(string What, bool Done);

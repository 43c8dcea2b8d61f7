using System.Text.Json.Serialization;

namespace Heliograph.Checking;

/// <summary>The result of the check. The words are a contract with scripts.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CheckVerdict>))]
internal enum CheckVerdict
{
    [JsonStringEnumMemberName("works")]
    Works,

    [JsonStringEnumMemberName("works_with_warnings")]
    WorksWithWarnings,

    /// <summary>No Signal client gets through, and as far as can be seen from here the proxy is the cause.</summary>
    [JsonStringEnumMemberName("proxy_broken")]
    ProxyBroken,

    /// <summary>The proxy works, but Signal's hosts do not answer it.</summary>
    [JsonStringEnumMemberName("signal_unreachable")]
    SignalUnreachable,

    /// <summary>The proxy could not be checked: not even an ordinary host can be reached from here.</summary>
    [JsonStringEnumMemberName("network_down")]
    NetworkDown,
}

/// <summary>What was seen of one proxy, and the conclusion.</summary>
internal sealed record CheckReport
{
    public required string Host { get; init; }

    public required int Port { get; init; }

    public required CheckVerdict Verdict { get; init; }

    /// <summary>One sentence for a person: the state of the proxy, and what to do.</summary>
    public required string Summary { get; init; }

    public required double TookMs { get; init; }

    /// <summary>In the order in which a client would go through them.</summary>
    public required IReadOnlyList<CheckStep> Steps { get; init; }

    /// <summary>Whether people can use the proxy.</summary>
    [JsonIgnore]
    public bool Works => Verdict is CheckVerdict.Works or CheckVerdict.WorksWithWarnings;
}

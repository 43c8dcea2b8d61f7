using System.Text.Json.Serialization;

namespace Heliograph.Alerts;

/// <summary>What an alert is about. The words are a contract with hooks and receivers.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AlertCause>))]
internal enum AlertCause
{
    [JsonStringEnumMemberName("certificate")]
    Certificate,

    [JsonStringEnumMemberName("upstream")]
    Upstream,

    [JsonStringEnumMemberName("self_check")]
    SelfCheck,

    /// <summary>The name of a group (access.mode: unlisted).</summary>
    [JsonStringEnumMemberName("probed")]
    Probed,

    /// <summary>What the machines of a fleet share.</summary>
    [JsonStringEnumMemberName("fleet")]
    Fleet,

    /// <summary>The operator is testing whether messages arrive.</summary>
    [JsonStringEnumMemberName("test")]
    Test,
}

[JsonConverter(typeof(JsonStringEnumConverter<AlertState>))]
internal enum AlertState
{
    [JsonStringEnumMemberName("failing")]
    Failing,

    [JsonStringEnumMemberName("works_again")]
    WorksAgain,
}

/// <summary>One message as sent to the webhook. It is about this server and Signal's servers, never about a client.</summary>
internal sealed record AlertMessage
{
    /// <summary>The whole message for a person: what Slack, Mattermost and others show.</summary>
    public required string Text { get; init; }

    /// <summary>The same for the log, where that is to know less; null: the text.</summary>
    [JsonIgnore]
    public string? Logged { get; init; }

    public required AlertCause Cause { get; init; }

    public required AlertState State { get; init; }

    /// <summary>The first of <c>domains</c>: which of an operator's proxies this is.</summary>
    public required string Proxy { get; init; }

    public required DateTimeOffset Time { get; init; }

    public required string Version { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(AlertMessage))]
[JsonSerializable(typeof(SortedDictionary<string, AlertRecord>))]
internal sealed partial class AlertJson : JsonSerializerContext;

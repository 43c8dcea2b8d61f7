using System.Text.Json.Serialization;

namespace Heliograph;

/// <summary>How serious a finding is. The words are a contract with scripts.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Severity>))]
internal enum Severity
{
    [JsonStringEnumMemberName("ok")]
    Ok,

    /// <summary>Worth knowing; nothing to do.</summary>
    [JsonStringEnumMemberName("note")]
    Note,

    /// <summary>It works, or may work, but needs attention.</summary>
    [JsonStringEnumMemberName("warning")]
    Warning,

    /// <summary>The proxy does not work this way.</summary>
    [JsonStringEnumMemberName("failure")]
    Failure,
}

using System.Text.Json.Serialization;

namespace Heliograph;

/// <summary>How bad a finding is. The words are a contract with scripts.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Severity>))]
internal enum Severity
{
    [JsonStringEnumMemberName("ok")]
    Ok,

    /// <summary>Worth knowing, and nothing to do.</summary>
    [JsonStringEnumMemberName("note")]
    Note,

    /// <summary>It works, or may work, and somebody ought to look at it.</summary>
    [JsonStringEnumMemberName("warning")]
    Warning,

    /// <summary>The proxy does not work like this.</summary>
    [JsonStringEnumMemberName("failure")]
    Failure,
}

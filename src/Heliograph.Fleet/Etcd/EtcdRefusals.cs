using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Heliograph.Fleet.Etcd;

/// <summary>What etcd's refusals mean. The codes are gRPC's, the texts those of etcd's api/v3rpc/rpctypes/error.go.</summary>
internal static class EtcdRefusals
{
    private const int LongestText = 200;

    /// <summary>etcd has forgotten the token, or its users have changed since: sign in again.</summary>
    public static bool AsksToSignIn(string? why) =>
        why is not null
        && (why.Contains("invalid auth token", StringComparison.Ordinal)
            || why.Contains("revision of auth store is old", StringComparison.Ordinal)
            || why.Contains("user name is empty", StringComparison.Ordinal));

    public static FleetException Explain(Refusal refusal)
    {
        var why = Clean(refusal.Message ?? refusal.Error);
        return (refusal.Code == 0 ? refusal.GrpcCode : refusal.Code) switch
        {
            5 when why.Contains("lease not found", StringComparison.Ordinal) => new(FleetFailure.LeaseGone, $"The lease is over ({why})."),
            // Cancelled, deadline exceeded, unavailable: no leader, a member that has lost the others, a request that took too long.
            1 or 4 or 14 => new(FleetFailure.Unreachable, why),
            var code => Explain(why, code),
        };
    }

    /// <summary>For a watch, which is refused by a text without a code.</summary>
    public static FleetException Explain(string? reason, int code = 0)
    {
        var why = Clean(reason);
        if (why.Contains("authentication failed", StringComparison.Ordinal))
            return new(FleetFailure.AccessDenied, "etcd does not know this user and password; was this machine removed from the fleet?");
        if (why.Contains("permission denied", StringComparison.Ordinal))
            return new(FleetFailure.AccessDenied, $"etcd does not let this user do that ({why}); its role has to reach the fleet's keys.");
        if (why.Contains("user name is empty", StringComparison.Ordinal))
            return new(FleetFailure.AccessDenied, "etcd asks for a user and a password, and none is configured.");
        if (why.Contains("authentication is not enabled", StringComparison.Ordinal))
            return new(
                FleetFailure.AccessDenied,
                "etcd asks nobody for a password, so it has lost its users; on the machine that made the fleet run: " +
                "heliograph fleet restore.");
        if (AsksToSignIn(why))
            return new(FleetFailure.AccessDenied, $"etcd takes no token of this user ({why}).");
        return new(FleetFailure.Refused, $"etcd refused: {why}{(code == 0 ? "" : $" (gRPC code {code})")}.");
    }

    public static FleetException NotEtcd(string what) =>
        new(FleetFailure.NotEtcd, $"etcd answered with {what}; is it etcd 3.4 or 3.5, with its gRPC gateway on " +
            "(enable-grpc-gateway: true in its configuration file)?");

    /// <exception cref="FleetException">It is not what etcd would say.</exception>
    public static T Parse<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(json, type) ?? throw NotEtcd("null");
        }
        catch (JsonException)
        {
            throw NotEtcd("something that is not its JSON");
        }
    }

    /// <summary>One line of limited length, without control characters.</summary>
    private static string Clean(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return "no reason given";
        var line = text.Length > LongestText ? text[..LongestText] : text;
        return string.Concat(line.Select(static c => char.IsControl(c) || char.IsSurrogate(c) ? ' ' : c)).Trim().TrimEnd('.');
    }
}

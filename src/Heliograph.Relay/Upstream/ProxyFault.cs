using Heliograph.Relay.Diagnostics;

namespace Heliograph.Relay.Upstream;

/// <summary>Why an upstream proxy gave no connection to a host.</summary>
/// <param name="Reason">What it counts as.</param>
/// <param name="Words">
/// What follows the name of the proxy, or of the host where it is the host's: <c>asks for a user and a password</c>. Ours, and never what
/// the proxy said.
/// </param>
/// <param name="IsHosts">Whether the proxy works, and the host cannot be reached through it.</param>
public sealed record ProxyFault(DialFailure Reason, string Words, bool IsHosts = false)
{
    internal static readonly ProxyFault TimedOut = new(DialFailure.TimedOut, "does not answer in time");

    internal static readonly ProxyFault Closed = new(DialFailure.NotAProxy, "closes the connection before it has answered");

    internal static readonly ProxyFault TooLong = new(DialFailure.NotAProxy, "sends an answer that does not end");

    /// <summary>The proxy itself could not be connected to.</summary>
    internal static ProxyFault FromDial(DialFailure failure) => new(failure, failure switch
    {
        DialFailure.NotResolved => "does not resolve",
        DialFailure.Refused => "refuses connections",
        DialFailure.TimedOut => TimedOut.Words,
        _ => "cannot be reached",
    });

    /// <param name="code">A number that <c>man</c> pages and the proxy's log have, such as <c>HTTP status 407</c>.</param>
    /// <param name="hadCredentials">Whether it was given any.</param>
    internal static ProxyFault Credentials(string code, bool hadCredentials) =>
        new(
            DialFailure.ProxyCredentials,
            $"{(hadCredentials ? "refuses the user or the password" : "asks for a user and a password")} ({code})");

    internal static ProxyFault Forbidden(string code) =>
        new(DialFailure.ProxyForbids, $"is not allowed by the proxy ({code})", IsHosts: true);

    internal static ProxyFault NotReached(DialFailure reason, string code) =>
        new(reason, $"cannot be reached from the proxy ({code})", IsHosts: true);
}

using System.Net;
using System.Net.Sockets;
using Heliograph.Configuration;

namespace Heliograph.Sharing;

/// <summary>The link that sets a Signal app to use this proxy.</summary>
/// <param name="Host">A DNS name or an IP address; may be a wildcard, in whose place a name is to stand.</param>
/// <param name="Port">443, or where else clients are to connect.</param>
internal sealed record ShareLink(string Host, int Port = ShareLink.Https)
{
    private const int Https = 443;

    /// <summary>What is given away. Tapped, it opens the app, or else a web page that says how to get it.</summary>
    public string Url => "https://signal.tube/#" + Fragment;

    /// <summary>The same for the app alone: for where signal.tube is blocked.</summary>
    public string AppUrl => "sgnl://signal.tube/#" + Fragment;

    public bool IsWildcard => Host.StartsWith("*.", StringComparison.Ordinal);

    /// <summary>The link as it is told, for a wildcard with what to put in its place.</summary>
    public string Text => IsWildcard ? $"{Url.Replace("*.", "NAME.", StringComparison.Ordinal)}, with any NAME" : Url;

    /// <summary>Where an app could not use it, one sentence each.</summary>
    public IReadOnlyList<string> Warnings => [.. FindWarnings()];

    /// <summary>Reads what a person would type or paste: a name, an address, a name with a port, or a whole link.</summary>
    /// <returns>What is wrong with it, or null.</returns>
    public static string? Parse(string text, out ShareLink? link)
    {
        link = null;
        var hash = text.IndexOf('#', StringComparison.Ordinal);
        var host = hash >= 0 && text[..hash] is "https://signal.tube/" or "sgnl://signal.tube/" ? text[(hash + 1)..] : text;
        var port = Https;
        if (
            IPEndPoint.TryParse(host, out var endpoint)
            && endpoint is { Port: > 0, AddressFamily: var family }
            && (family == AddressFamily.InterNetwork || host.StartsWith('[')))
            (host, port) = (endpoint.Address.ToString(), endpoint.Port);
        else if (host.Split(':') is [var name, var digits] && ushort.TryParse(digits, out var number) && number > 0)
            (host, port) = (name, number);
        if (DomainName.Parse(host.Trim('[', ']'), out var value) is { } problem)
            return problem;
        link = new(value, port);
        return null;
    }

    private string Fragment => (Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host) + (Port == Https ? "" : $":{Port}");

    // SignalProxyUtil.kt of Signal for Android and SignalProxy.swift of Signal for iOS.
    private IEnumerable<string> FindWarnings()
    {
        if (Port != Https)
            yield return $"Signal for Android connects to port 443 whatever the link says: forward 443 to port {Port}, or the link works " +
                $"on iOS only.";
        if (IPAddress.TryParse(Host, out var address))
        {
            yield return address.AddressFamily == AddressFamily.InterNetworkV6
                ? "No Signal app takes an IPv6 address from a link: give them a name, or an IPv4 address."
                : "Signal for iOS has been seen to refuse an IP address, and the certificate must name it: a name is safer.";
        }
        else if (!Host.Contains('.', StringComparison.Ordinal))
        {
            yield return "Signal for iOS takes no name without a dot.";
        }
    }
}

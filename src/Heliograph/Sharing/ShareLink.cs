using System.Net.Sockets;
using Heliograph.Configuration;
using Heliograph.Platform;

namespace Heliograph.Sharing;

/// <summary>The link that makes a Signal app use this proxy.</summary>
/// <param name="Host">A DNS name or an IP address; may be a wildcard, to be replaced with a name.</param>
/// <param name="Port">443, or the other port that clients connect to.</param>
internal sealed record ShareLink(string Host, int Port = ShareLink.Https)
{
    private const int Https = 443;

    /// <summary>The link to share. Tapped, it opens the app, or else a web page that says how to get it.</summary>
    public string Url => "https://signal.tube/#" + Address;

    /// <summary>The same link for the app alone, for networks that block signal.tube.</summary>
    public string AppUrl => "sgnl://signal.tube/#" + Address;

    public bool IsWildcard => Host.StartsWith("*.", StringComparison.Ordinal);

    /// <summary>The link as shown; for a wildcard, with what to replace.</summary>
    public string Text => TextIn(LinkTexts.English);

    /// <summary>One sentence for each reason why an app could not use it.</summary>
    public IReadOnlyList<string> Warnings => WarningsIn(LinkTexts.English);

    /// <summary>What people type into the app's settings instead of opening the link.</summary>
    public string Address => (Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host) + (Port == Https ? "" : $":{Port}");

    public string TextIn(LinkTexts texts) =>
        IsWildcard ? texts.AnyName(Url.Replace("*.", "NAME.", StringComparison.Ordinal)) : Url;

    public IReadOnlyList<string> WarningsIn(LinkTexts texts) => [.. FindWarnings(texts)];

    /// <summary>Reads what a person types or pastes: a name, an address, a name with a port, or a whole link.</summary>
    /// <returns>The problem, or null.</returns>
    public static string? Parse(string text, out ShareLink? link)
    {
        link = null;
        var hash = text.IndexOf('#', StringComparison.Ordinal);
        var host = hash >= 0 && text[..hash] is "https://signal.tube/" or "sgnl://signal.tube/" ? text[(hash + 1)..] : text;
        var port = Https;
        if (SplitPort(host) is ({ } address, { } digits) && ushort.TryParse(digits, out var number) && number > 0)
            (host, port) = (address, number);
        if (DomainName.Parse(host.Trim('[', ']'), out var value) is { } problem)
            return problem;
        link = new(value, port);
        return null;
    }

    /// <summary>The two parts of NAME:PORT or [IPv6]:PORT.</summary>
    private static (string Host, string Port)? SplitPort(string text) => text.Split(':') switch
    {
        [var host, var port] => (host, port),
        _ when text.StartsWith('[') && text.LastIndexOf("]:", StringComparison.Ordinal) is > 0 and var end =>
            (text[1..end], text[(end + 2)..]),
        _ => null,
    };

    // SignalProxyUtil.kt of Signal for Android and SignalProxy.swift of Signal for iOS.
    private IEnumerable<string> FindWarnings(LinkTexts texts)
    {
        if (Port != Https)
            yield return texts.OtherPort(Port);
        if (InternetAddress.TryParse(Host, out var address))
            yield return address.AddressFamily == AddressFamily.InterNetworkV6 ? texts.IPv6 : texts.IPv4;
        else if (!Host.Contains('.', StringComparison.Ordinal))
            yield return texts.NoDot;
    }
}

using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Heliograph.Platform;

namespace Heliograph.Relay.Upstream;

/// <summary>Where bytes can be forwarded: <c>host:port</c> over TCP, a unix stream socket, or a server in this process.</summary>
public abstract record UpstreamEndpoint
{
    /// <summary>What <see cref="TryParse"/> accepts, for error messages.</summary>
    public const string Syntax = "\"host:port\", \"[IPv6]:port\" or \"unix:/path/to.sock\"";

    /// <summary>The longest path that fits into <c>sockaddr_un.sun_path</c> with its final zero (unix(7)).</summary>
    public const int LongestUnixPath = 107;

    private UpstreamEndpoint()
    {
    }

    /// <summary>A host (name or address, without brackets) and a port.</summary>
    public sealed record Tcp(string Host, int Port) : UpstreamEndpoint
    {
        public override string ToString() => Host.Contains(':', StringComparison.Ordinal)
            ? string.Create(CultureInfo.InvariantCulture, $"[{Host}]:{Port}")
            : string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");
    }

    /// <summary>A unix stream socket at an absolute path.</summary>
    public sealed record Unix(string Path) : UpstreamEndpoint
    {
        public override string ToString() => "unix:" + Path;
    }

    /// <summary>
    /// A server in this process, which is never dialled: it gets the client's connection itself. Only for visitors, whose bytes it reads.
    /// </summary>
    /// <param name="Name">Says which one it is.</param>
    /// <param name="Serve">
    /// Serves a connection until it ends; never throws. Called on the connection's event loop, where it must not block: what may block has
    /// to leave the thread first.
    /// </param>
    public sealed record InProcess(string Name, Func<ClientConnection, Task> Serve) : UpstreamEndpoint
    {
        public override string ToString() => Name;
    }

    /// <summary>Reads what <see cref="Syntax"/> says. Never throws.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out UpstreamEndpoint? endpoint)
    {
        endpoint = null;
        if (text is null)
            return false;
        if (text.StartsWith("unix:", StringComparison.Ordinal))
        {
            var path = text[5..];
            if (path.Length is 0 or > LongestUnixPath || path[0] != '/' || path.Contains('\0', StringComparison.Ordinal))
                return false;
            endpoint = new Unix(path);
            return true;
        }
        var colon = text.LastIndexOf(':');
        if (colon < 1 || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            || port is < 1 or > 65535)
            return false;
        var host = text[..colon];
        if (host.StartsWith('[') && host.EndsWith(']'))
        {
            host = host[1..^1];
            if (!host.Contains(':', StringComparison.Ordinal) || !InternetAddress.TryParse(host, out _))
                return false;
        }
        else if (InternetAddress.EndsInNumber(host) ? !InternetAddress.TryParse(host, out _)
            : Uri.CheckHostName(host) != UriHostNameType.Dns)
        {
            return false;
        }
        endpoint = new Tcp(host, port);
        return true;
    }
}

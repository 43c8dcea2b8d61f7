using System.Net;
using System.Net.Sockets;

namespace Heliograph.Machine;

/// <summary>Checks whether a port is free and the server may use it, by binding it as the server does.</summary>
internal static class PortCheck
{
    /// <summary>Web servers that can serve their sites behind Heliograph: docs/operating/beside-a-web-server.md.</summary>
    private static readonly string[] WebServers = ["nginx", "apache2", "httpd", "caddy", "haproxy", "lighttpd", "traefik"];

    public static string FormatName(IPEndPoint endpoint) => $"port {endpoint.Port}";

    /// <param name="endpoint">Where the server will listen, or does.</param>
    /// <param name="running">Where the running server says that it listens; empty: none is running; null: it cannot be asked.</param>
    public static Finding Run(IPEndPoint endpoint, IReadOnlyList<IPEndPoint>? running)
    {
        if (running?.Any(own => Covers(own, endpoint)) == true)
            return new(FormatName(endpoint), Severity.Ok, "in use by the running server");
        var error = Bind(endpoint);
        // Whoever may not bind it is told so even where it is in use.
        if (error == SocketError.AccessDenied && PortHolders.IsListening(endpoint.Port))
            error = SocketError.AddressAlreadyInUse;
        return Evaluate(
            endpoint,
            error,
            error == SocketError.AddressAlreadyInUse ? PortHolders.Find(endpoint.Port) : [],
            isServerKnown: running is not null,
            ServiceUnit.MayUseLowPorts);
    }

    /// <param name="endpoint">Where the server will listen.</param>
    /// <param name="error">The outcome of the attempt.</param>
    /// <param name="holders">The programs that use the port, as far as this user may see them.</param>
    /// <param name="isServerKnown">Whether it is certain that the running server does not use it.</param>
    /// <param name="mayService">Whether the service may use ports below 1024.</param>
    public static Finding Evaluate(
        IPEndPoint endpoint, SocketError error, IReadOnlyList<PortHolder> holders, bool isServerKnown = true, bool mayService = false)
    {
        var (name, port) = (FormatName(endpoint), endpoint.Port);
        return error switch
        {
            SocketError.Success => new(name, Severity.Ok, "free"),
            SocketError.AddressAlreadyInUse when holders.Count == 0 && !isServerKnown => new(
                name,
                Severity.Warning,
                $"in use, and user {Environment.UserName} may not see whether by the server",
                "Run this with sudo."),
            SocketError.AddressAlreadyInUse => InUse(name, port, holders),
            SocketError.AccessDenied when mayService => new(name, Severity.Ok, "free, and the service may use it"),
            SocketError.AccessDenied => new(
                name,
                Severity.Failure,
                $"user {Environment.UserName} may not use ports below 1024",
                "Run heliograph as a service or with sudo, or give it the capability CAP_NET_BIND_SERVICE."),
            SocketError.AddressNotAvailable => new(
                name,
                Severity.Failure,
                $"this machine does not have the address {endpoint.Address}",
                "Use one of its addresses in the configuration; \"ip address\" lists them."),
            _ => new(name, Severity.Failure, $"cannot listen on {endpoint}: {new SocketException((int)error).Message}"),
        };
    }

    private static Finding InUse(string name, int port, IReadOnlyList<PortHolder> holders)
    {
        if (holders.Count == 0)
            return new(name, Severity.Failure, "in use by another program", $"Find it: sudo ss -ltnp 'sport = :{port}'. Then stop it.")
            {
                Held = true,
            };
        if (holders.All(static holder => holder.Program is "heliograph" or "systemd"))
            return new(
                name,
                Severity.Ok,
                holders.Any(static holder => holder.Program == "heliograph")
                    ? "already in use by heliograph"
                    : "held by systemd for a socket unit");
        var seen = string.Join(", ", holders.Select(static holder => $"{holder.Program} (process {holder.Process})"));
        return new(name, Severity.Failure, $"in use by {seen}", Remedy(port, holders[0])) { Held = true };
    }

    private static string Remedy(int port, PortHolder holder)
    {
        var program = holder.Program;
        if (holder.IsOfContainer)
            return "A container publishes it: \"docker ps\" shows which. Stop it; for Signal-TLS-Proxy: docker compose down in its " +
                "directory.";
        var stop = $"{Sudo.Prefix}systemctl disable --now {Service(program)}";
        if (!WebServers.Contains(program))
            return $"Stop it first: {stop}.";
        return port == 443
            ? $"If you do not need it: {stop}. To keep its sites, let it listen on 127.0.0.1:8443 and name each of them in the " +
                "configuration, passthrough: { www.example.org: \"127.0.0.1:8443\" }: " +
                $"{OperatingPages.Directory}/beside-a-web-server.md."
            : $"If you do not need it: {stop}. Otherwise leave port {port} to it, with http: {{ listen: [] }} in the configuration " +
                $"(--http-listen none): {OperatingPages.Directory}/beside-a-web-server.md.";
    }

    /// <summary>The name of the unit where it differs from that of the program.</summary>
    private static string Service(string program) => program == "httpd" ? "httpd (or apache2)" : program;

    /// <summary>
    /// A socket on [::] has the port on each address, and one on 0.0.0.0 on those of IPv4. Where there is no IPv6, the server listens on
    /// 0.0.0.0 for [::].
    /// </summary>
    private static bool Covers(IPEndPoint own, IPEndPoint endpoint) =>
        own.Port == endpoint.Port
        && (own.Address.Equals(endpoint.Address)
            || own.Address.Equals(IPAddress.IPv6Any)
            || (own.Address.Equals(IPAddress.Any)
                && (endpoint.AddressFamily == AddressFamily.InterNetwork || endpoint.Address.Equals(IPAddress.IPv6Any))));

    /// <summary>
    /// Binds and releases the port at once, without listening, so that no client connects. The socket sets SO_REUSEADDR as the server does.
    /// </summary>
    private static SocketError Bind(IPEndPoint endpoint)
    {
        try
        {
            using var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (endpoint.AddressFamily == AddressFamily.InterNetworkV6)
                socket.DualMode = endpoint.Address.Equals(IPAddress.IPv6Any);
            socket.Bind(endpoint);
            return SocketError.Success;
        }
        catch (SocketException exception)
            when (exception.SocketErrorCode == SocketError.AddressFamilyNotSupported && endpoint.Address.Equals(IPAddress.IPv6Any))
        {
            return Bind(new IPEndPoint(IPAddress.Any, endpoint.Port));
        }
        catch (SocketException exception)
        {
            return exception.SocketErrorCode;
        }
    }
}

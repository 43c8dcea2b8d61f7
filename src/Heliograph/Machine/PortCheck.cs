using System.Net;
using System.Net.Sockets;

namespace Heliograph.Machine;

/// <summary>Checks whether a port is free and this user may use it, by binding it as the server does.</summary>
internal static class PortCheck
{
    public static string FormatName(IPEndPoint endpoint) => $"port {endpoint.Port}";

    public static Finding Run(IPEndPoint endpoint)
    {
        var error = Bind(endpoint);
        return Evaluate(endpoint, error, error == SocketError.AddressAlreadyInUse ? PortHolders.Find(endpoint.Port) : []);
    }

    /// <param name="endpoint">Where the server will listen.</param>
    /// <param name="error">The outcome of the attempt.</param>
    /// <param name="holders">The programs that use the port, as far as this user may see them.</param>
    public static Finding Evaluate(IPEndPoint endpoint, SocketError error, IReadOnlyList<PortHolder> holders)
    {
        var (name, port) = (FormatName(endpoint), endpoint.Port);
        return error switch
        {
            SocketError.Success => new(name, Severity.Ok, "free"),
            SocketError.AddressAlreadyInUse => InUse(name, port, holders),
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
        var remedy = holders[0].Program switch
        {
            "docker-proxy" or "rootlessport" or "conmon" =>
                "A container publishes it: \"docker ps\" shows which. Stop it; for Signal-TLS-Proxy: docker compose down in its directory.",
            var program => $"Stop it first: systemctl disable --now {Service(program)}.",
        };
        return new(name, Severity.Failure, $"in use by {seen}", remedy) { Held = true };
    }

    /// <summary>The name of the unit where it differs from that of the program.</summary>
    private static string Service(string program) => program == "httpd" ? "httpd (or apache2)" : program;

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

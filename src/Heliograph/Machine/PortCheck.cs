using System.Net;
using System.Net.Sockets;

namespace Heliograph.Machine;

/// <summary>Is a port free, and may this user take it? Tried as the server would.</summary>
internal static class PortCheck
{
    public static string NameOf(IPEndPoint endpoint) => $"port {endpoint.Port}";

    public static Finding Run(IPEndPoint endpoint)
    {
        var error = Bind(endpoint);
        return Evaluate(endpoint, error, error == SocketError.AddressAlreadyInUse ? PortHolders.Find(endpoint.Port) : []);
    }

    /// <param name="endpoint">Where the server is to listen.</param>
    /// <param name="error">What came of trying.</param>
    /// <param name="holders">The programs that have the port, as far as this user may know them.</param>
    public static Finding Evaluate(IPEndPoint endpoint, SocketError error, IReadOnlyList<PortHolder> holders)
    {
        var (name, port) = (NameOf(endpoint), endpoint.Port);
        return error switch
        {
            SocketError.Success => new(name, Severity.Ok, "free"),
            SocketError.AddressAlreadyInUse => Taken(name, port, holders),
            SocketError.AccessDenied => new(name, Severity.Failure, $"user {Environment.UserName} may not take ports below 1024",
                "Run heliograph as a service or with sudo, or give it the capability CAP_NET_BIND_SERVICE."),
            SocketError.AddressNotAvailable => new(name, Severity.Failure, $"this machine has no address {endpoint.Address}", "Name one of its addresses in the configuration; \"ip address\" lists them."),
            _ => new(name, Severity.Failure, $"cannot listen on {endpoint}: {new SocketException((int)error).Message}"),
        };
    }

    private static Finding Taken(string name, int port, IReadOnlyList<PortHolder> holders)
    {
        if (holders.Count == 0)
            return new(name, Severity.Failure, "another program has it", $"See which one: sudo ss -ltnp 'sport = :{port}'. Then stop it.") { Held = true };
        if (holders.All(static holder => holder.Program is "heliograph" or "systemd"))
            return new(name, Severity.Ok, holders.Any(static holder => holder.Program == "heliograph") ? "heliograph has it already" : "systemd holds it for a socket unit");
        var seen = string.Join(", ", holders.Select(static holder => $"{holder.Program} (process {holder.Process})"));
        var remedy = holders[0].Program switch
        {
            "docker-proxy" or "rootlessport" or "conmon" => "A container publishes it: \"docker ps\" names it. Stop it; for Signal-TLS-Proxy: docker compose down, in its directory.",
            var program => $"Stop it first: systemctl disable --now {Service(program)}.",
        };
        return new(name, Severity.Failure, $"{seen} has it", remedy) { Held = true };
    }

    /// <summary>The unit where it is called otherwise than its program.</summary>
    private static string Service(string program) => program == "httpd" ? "httpd (or apache2)" : program;

    /// <summary>Binds and lets go at once, without listening, so that no client is caught. The socket sets SO_REUSEADDR as the server does.</summary>
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
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressFamilyNotSupported && endpoint.Address.Equals(IPAddress.IPv6Any))
        {
            return Bind(new IPEndPoint(IPAddress.Any, endpoint.Port));
        }
        catch (SocketException exception)
        {
            return exception.SocketErrorCode;
        }
    }
}

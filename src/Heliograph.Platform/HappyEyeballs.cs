using System.Net;
using System.Net.Sockets;

namespace Heliograph.Platform;

/// <summary>
/// How each HTTP client of the program connects. .NET's own way tries a host's addresses one after the other, and waits for the first
/// for as long as the whole request may take: where IPv6 leads nowhere, a host with an AAAA record is then never reached.
/// </summary>
public sealed class HappyEyeballs
{
    private readonly TimeSpan limit;
    private readonly Resolve resolve;

    /// <param name="limit">For resolving the name and connecting, together.</param>
    public HappyEyeballs(TimeSpan limit) : this(limit, AbsoluteName.ResolveAsync)
    {
    }

    public HappyEyeballs(TimeSpan limit, Resolve resolve)
    {
        this.limit = limit;
        this.resolve = resolve;
    }

    /// <summary><c>IPv4</c> or <c>IPv6</c>, by which the last connection was made; null: there was none yet.</summary>
    public string? ConnectedBy { get; private set; }

    /// <summary>Connects like this and follows no redirect.</summary>
    public SocketsHttpHandler CreateHandler() => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        Proxy = new EnvironmentProxy(),
        ConnectCallback = async (context, cancellationToken) =>
            new NetworkStream(
                await ConnectAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, cancellationToken), ownsSocket: true),
    };

    /// <param name="host">A name or an address.</param>
    /// <param name="port">The port.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="ConnectFailedException">It has no address, or none accepts a connection in time.</exception>
    public async Task<Socket> ConnectAsync(string host, int port, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        either.CancelAfter(limit);
        var race = new AddressRace(await FindAsync(host, either.Token, cancellationToken), port);
        var socket = await race.RunAsync(either.Token);
        if (socket is not null)
        {
            ConnectedBy = AddressRace.Family(socket.AddressFamily);
            return socket;
        }
        cancellationToken.ThrowIfCancellationRequested();
        var within = either.IsCancellationRequested ? $" within {limit.TotalSeconds:0.##} seconds" : "";
        throw new ConnectFailedException(host, isResolved: true, $"no connection{within} ({race.Failures})", inner: null);
    }

    private async Task<IPAddress[]> FindAsync(string host, CancellationToken either, CancellationToken cancellationToken)
    {
        if (InternetAddress.TryParse(host, out var literal))
            return [literal];
        try
        {
            // getaddrinfo(3) cannot be interrupted, but it need not be waited for.
            var addresses = await resolve(host, either).WaitAsync(either);
            return addresses.Length > 0 ? addresses : throw Unresolved("it has no address in DNS", inner: null);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw Unresolved($"no DNS server answered within {limit.TotalSeconds:0.##} seconds", exception);
        }
        catch (SocketException exception)
        {
            throw Unresolved(
                exception.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData
                    ? "it has no address in DNS"
                    : "no DNS server answers",
                exception);
        }

        ConnectFailedException Unresolved(string why, Exception? inner) => new(host, isResolved: false, why, inner);
    }
}

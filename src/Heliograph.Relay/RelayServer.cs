using System.Net;
using Heliograph.Relay.OuterTls;
using Microsoft.Extensions.Logging;

namespace Heliograph.Relay;

/// <summary>The relay: listens, and gives each connection to one of its event loops.</summary>
public sealed class RelayServer : IAsyncDisposable
{
    /// <summary>Binds and starts to serve.</summary>
    /// <exception cref="RelayStartException">One sentence for the operator: a port in use, a missing libssl.</exception>
    public static RelayServer Start(RelayOptions options, ServerCertificate certificate, TimeProvider time, ILogger log) =>
        throw new RelayStartException("not built yet");

    /// <summary>Where it listens, with the ports that the system picked.</summary>
    public IReadOnlyList<IPEndPoint> Endpoints { get; } = [];

    /// <summary>Connections open now.</summary>
    public int Connections { get; private set; }

    /// <summary>From now on new handshakes get this certificate; open connections keep theirs.</summary>
    public void UseCertificate(ServerCertificate certificate)
    {
        Connections += 0;
    }

    /// <summary>Stops accepting and waits for the connections to end, at most <paramref name="timeout"/>; then closes what is left.</summary>
    /// <returns>How many connections were left and closed.</returns>
    public Task<int> DrainAsync(TimeSpan timeout) => Task.FromResult(Connections);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>The relay cannot start. The message is one sentence for the operator.</summary>
public sealed class RelayStartException : Exception
{
    public RelayStartException(string message) : base(message)
    {
    }

    public RelayStartException(string message, Exception inner) : base(message, inner)
    {
    }
}

using System.Security.Cryptography;

namespace Heliograph.Control;

/// <summary>
/// How a check on this machine tells the running server which connections are its own. Only the server's user can reach the socket, so
/// nobody else can keep a connection out of the statistics.
/// </summary>
internal static class OwnConnections
{
    public const string CommandName = "own-connection";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>The server's side.</summary>
    /// <param name="announce">
    /// Gets SHA-256 of the first bytes of the connection, and whether it reaches Signal's hosts whatever its outer name.
    /// </param>
    public static KeyValuePair<string, ControlCommand> Command(Action<byte[], bool> announce) =>
        new(CommandName, (request, _) => Task.FromResult(Answer(request, announce)));

    /// <summary>The check's side. A server that cannot be asked counts the connection, which harms nothing.</summary>
    public static async ValueTask AnnounceAsync(
        string stateDirectory, ReadOnlyMemory<byte> hash, bool opens, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        try
        {
            var request = new ControlRequest { Command = CommandName, Flight = Convert.ToHexString(hash.Span), Opens = opens };
            _ = await ControlClient.AskAsync(stateDirectory, request, Patience, timeProvider, cancellationToken);
        }
        catch (StartException)
        {
            // It is another user's, or is just stopping.
        }
    }

    private static ControlResponse Answer(ControlRequest request, Action<byte[], bool> announce)
    {
        if (request.Flight is not { Length: 2 * SHA256.HashSizeInBytes } flight || !flight.All(char.IsAsciiHexDigit))
            return ControlResponse.Failed("own-connection needs a flight: SHA-256 of the first bytes, in hexadecimal");
        announce(Convert.FromHexString(flight), request.Opens);
        return ControlResponse.Done("that connection will not be counted");
    }
}

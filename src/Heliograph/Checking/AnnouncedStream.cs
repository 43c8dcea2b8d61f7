using System.Security.Cryptography;

namespace Heliograph.Checking;

/// <summary>Tells the server on this machine of a connection that a check is about to open to it, so that it does not count it.</summary>
/// <param name="hash">SHA-256 of the first bytes that the check sends.</param>
/// <param name="cancellationToken">Ends the wait.</param>
internal delegate ValueTask AnnounceFlight(ReadOnlyMemory<byte> hash, CancellationToken cancellationToken);

/// <summary>Announces what is written first, and then writes it.</summary>
internal sealed class AnnouncedStream(Stream below, AnnounceFlight announce) : StreamOverStream(below)
{
    private bool isAnnounced;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!isAnnounced)
        {
            isAnnounced = true;
            await announce(SHA256.HashData(buffer.Span), cancellationToken);
        }
        await base.WriteAsync(buffer, cancellationToken);
    }
}

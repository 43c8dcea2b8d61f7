using Heliograph.Tls13.Records;

namespace Heliograph.Fuzz.Targets;

/// <summary>
/// The bytes are a script of a connection after its handshake: for each step a byte that says what is done, a length, and the content. The
/// client's records are protected as a client would, so that every one is read.
/// </summary>
internal static class KeyUpdateTarget
{
    private const int MostSteps = 256;

    public static void Check(ReadOnlySpan<byte> bytes)
    {
        using var whole = new Tls13Peers();
        using var cut = new Tls13Peers();
        for (var step = 0; step < MostSteps && bytes.Length >= 2 && whole.IsOpen; step++)
        {
            var (action, length) = (bytes[0], Math.Min(bytes[1], bytes.Length - 2));
            var content = bytes.Slice(2, length);
            Take(whole, action, content, pieceLength: int.MaxValue);
            Take(cut, action, content, pieceLength: 1 + (action >> 3));
            FaultException.Unless(whole.IsSameAs(cut), $"after {step + 1} steps, at once: {whole}; in pieces: {cut}");
            bytes = bytes[(2 + length)..];
        }
    }

    private static void Take(Tls13Peers peers, byte action, ReadOnlySpan<byte> content, int pieceLength)
    {
        switch (action & 7)
        {
            case 0 or 1 or 2:
                peers.ClientSends(ContentType.Handshake, content, pieceLength);
                break;
            case 3:
                peers.ClientSends(ContentType.ApplicationData, content, pieceLength);
                break;
            case 4:
                peers.ClientSends(ContentType.Alert, content, pieceLength);
                break;
            case 5:
                peers.ServerSends(content);
                break;
            case 6 when content.Length > 1:
                peers.ClientSends((ContentType)content[0], content[1..], pieceLength);
                break;
            default:
                peers.StrangerSends(content, pieceLength);
                break;
        }
    }
}

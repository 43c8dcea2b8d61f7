using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Heliograph.Testing.Fingerprints;

/// <summary>
/// A JARM scan: ten hellos, and of each answer the cipher suite, the version, the protocol and the extensions, in 62 characters
/// (<see href="https://github.com/salesforce/jarm"/>, written from its description). Censors use it to find servers of one kind.
/// </summary>
public static class Jarm
{
    private const int LongestAnswer = 16 * 1024;
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(20);

    /// <summary>The suites in the order of their numbers in the fingerprint, which counts from 1; those of TLS 1.3 come last.</summary>
    private static readonly ushort[] Numbered = [.. JarmProbe.CipherSuites.OrderBy(JarmProbe.IsTls13).ThenBy(suite => suite)];

    /// <summary>The hellos that a scan sends, each in its record.</summary>
    public static IEnumerable<byte[]> Hellos(string hostName) => JarmProbe.All.Select(probe => probe.Build(hostName));

    /// <summary>The fingerprint of the server; 62 zeros if it answers no hello with a ServerHello.</summary>
    /// <exception cref="OperationCanceledException">The server left a hello without an answer.</exception>
    public static async Task<string> ScanAsync(IPEndPoint server, string hostName, CancellationToken cancellationToken)
    {
        var answers = new List<Answer?>();
        foreach (var hello in Hellos(hostName))
            answers.Add(Read(await AskAsync(server, hello, cancellationToken)));
        return Fingerprint(answers);
    }

    private static async Task<byte[]> AskAsync(IPEndPoint server, byte[] hello, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeLimit);
        using var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server, limit.Token);
        var answer = new byte[LongestAnswer];
        var length = 0;
        try
        {
            await socket.SendAsync(hello, limit.Token);
            int read;
            do
            {
                read = await socket.ReceiveAsync(answer.AsMemory(length), limit.Token);
                length += read;
            }
            while (read > 0 && !HasFirstRecord(answer.AsSpan(0, length)));
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown)
        {
            // A reset also counts, as no answer.
        }

        return answer[..length];
    }

    private static bool HasFirstRecord(ReadOnlySpan<byte> answer) =>
        answer.Length >= 5 && answer.Length >= 5 + BinaryPrimitives.ReadUInt16BigEndian(answer[3..]);

    /// <summary>What a ServerHello chose; null for anything else.</summary>
    private static Answer? Read(ReadOnlySpan<byte> answer)
    {
        const int SessionId = 5 + 4 + 2 + 32;
        if (!HasFirstRecord(answer) || answer[0] != 22 || answer.Length <= SessionId || answer[5] != 2)
            return null;

        var version = BinaryPrimitives.ReadUInt16BigEndian(answer[9..]);
        var messageEnd = 9 + (answer[6] << 16 | BinaryPrimitives.ReadUInt16BigEndian(answer[7..]));
        var rest = answer[..Math.Min(messageEnd, answer.Length)][(SessionId + 1 + answer[SessionId])..];
        var suite = BinaryPrimitives.ReadUInt16BigEndian(rest);
        var types = new List<ushort>();
        var protocol = "";
        for (rest = rest.Length > 5 ? rest[5..] : []; rest.Length >= 4;)
        {
            types.Add(BinaryPrimitives.ReadUInt16BigEndian(rest));
            var length = BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
            if (types[^1] == 16)
                protocol = Encoding.ASCII.GetString(rest.Slice(4 + 3, length - 3));
            rest = rest[(4 + length)..];
        }

        return new Answer(suite, version, protocol, types);
    }

    private static string Fingerprint(List<Answer?> answers)
    {
        if (answers.TrueForAll(answer => answer is null))
            return new string('0', 62);

        var choices = new StringBuilder();
        var extensions = new StringBuilder();
        foreach (var answer in answers)
        {
            choices.Append(
                answer is null ? "000" : $"{Array.IndexOf(Numbered, answer.CipherSuite) + 1:x2}{"abcdef"[answer.Version & 0xf]}");
            if (answer is not null)
                extensions.Append(answer.Protocol).AppendJoin('-', answer.ExtensionTypes.Select(type => $"{type:x4}"));
        }

        return choices + Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(extensions.ToString())))[..32];
    }

    private sealed record Answer(ushort CipherSuite, ushort Version, string Protocol, IReadOnlyList<ushort> ExtensionTypes);
}

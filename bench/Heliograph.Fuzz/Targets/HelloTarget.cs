using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Heliograph.Tls13.Handshake;
using Heliograph.Tls13.Hello;
using Heliograph.Tls13.Records;

namespace Heliograph.Fuzz.Targets;

/// <summary>The bytes are a connection's first.</summary>
internal static class HelloTarget
{
    private const int LongestName = 253, HeaderLength = 5;

    /// <summary>A message is cut into records of this many bytes: it is prime, so that the cuts fall everywhere.</summary>
    private const int FragmentLength = 97;

    private static readonly Lazy<Server> Answering = new(static () => new Server());

    public static void Check(ReadOnlySpan<byte> bytes)
    {
        var status = Read(bytes, out var hello);
        foreach (var length in Lengths.OfPrefixes(bytes.Length))
        {
            var prefix = Read(bytes[..length], out var early);
            FaultException.Unless(
                prefix == HelloStatus.NeedMore || (prefix == status && IsSame(early, hello)),
                $"the first {length} bytes are {prefix}, all {bytes.Length} are {status}");
        }
        if (hello is null)
            return;
        CheckFragments(bytes, hello);
        Answering.Value.Check(bytes, hello);
    }

    private static HelloStatus Read(ReadOnlySpan<byte> bytes, out ClientHello? hello)
    {
        var status = ClientHelloReader.Read(bytes, out hello);
        FaultException.Unless(status == HelloStatus.Hello == hello is not null, $"{status} with {hello}");
        FaultException.Unless(
            status != HelloStatus.NeedMore || bytes.Length < ClientHelloReader.LongestHello, $"{bytes.Length} bytes, and it wants more");
        FaultException.Unless(
            hello?.ServerName is not { } name
            || (name.Length is > 0 and <= LongestName
                && name.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '-' or '_')),
            $"the name is \"{hello?.ServerName}\"");
        return status;
    }

    private static bool IsSame(ClientHello? one, ClientHello? other) => one is null ? other is null
        : other is not null
            && one.ServerName == other.ServerName
            && one.ApplicationProtocols.SequenceEqual(other.ApplicationProtocols, StringComparer.Ordinal)
            && one.Versions.SequenceEqual(other.Versions);

    /// <summary>RFC 8446 section 5.1: how a message is cut into records means nothing.</summary>
    private static void CheckFragments(ReadOnlySpan<byte> bytes, ClientHello hello)
    {
        var message = Assemble(bytes);
        var records = (message.Length + FragmentLength - 1) / FragmentLength;
        if (message.Length + (HeaderLength * records) > ClientHelloReader.LongestHello)
            return;
        var cut = new List<byte>(message.Length + (HeaderLength * records));
        foreach (var part in message.Chunk(FragmentLength))
            cut.AddRange([.. bytes[..3], (byte)(part.Length >> 8), (byte)part.Length, .. part]);
        var status = Read(cut.ToArray(), out var same);
        FaultException.Unless(IsSame(hello, same), $"cut into {records} records, the hello is {status}");
    }

    private static byte[] Assemble(ReadOnlySpan<byte> records)
    {
        var message = new List<byte>();
        while (message.Count < 4 || message.Count < 4 + (message[1] << 16 | message[2] << 8 | message[3]))
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(records[3..]);
            message.AddRange(records.Slice(HeaderLength, length));
            records = records[(HeaderLength + length)..];
        }
        return [.. message];
    }

    /// <summary>The handshake as a server does it, with a certificate of its own. It lasts as long as the process.</summary>
    private sealed class Server : ISessionCache
    {
        private static readonly HandshakeServer Handshakes = new(RecordProtection.OpenSslOnly.CreateLayer());
        private readonly ServerIdentity identity;

        public Server() => identity = CreateIdentity();

        public uint LifetimeSeconds => 300;

        public void Add(int suite, ReadOnlySpan<byte> ticket, ReadOnlySpan<byte> preSharedKey)
        {
        }

        public void Check(ReadOnlySpan<byte> bytes, ClientHello hello)
        {
            if (!Handshakes.TryAnswer(identity, bytes, out var answer))
                return;
            using (answer)
            {
                FaultException.Unless(hello.Versions.Contains((ushort)0x0304), "TLS 1.3 was answered to a client that does not offer it");
                var protocol = System.Text.Encoding.ASCII.GetString(answer.ApplicationProtocol);
                FaultException.Unless(
                    protocol.Length == 0
                        ? hello.ApplicationProtocols.Count == 0
                        : hello.ApplicationProtocols.Contains(protocol, StringComparer.Ordinal),
                    $"\"{protocol}\" was selected");
                CheckFlight(answer.Flight, bytes);
            }
        }

        private ServerIdentity CreateIdentity()
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            using var certificate = new CertificateRequest("CN=fuzz", key, HashAlgorithmName.SHA256)
                .CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
            return ServerIdentity.TryCreate([certificate.RawData], key.ExportPkcs8PrivateKey(), "\x02h2\x08http/1.1"u8, this)!;
        }

        /// <summary>ServerHello, ChangeCipherSpec if the client has a session identifier, and protected records, each whole.</summary>
        private static void CheckFlight(ReadOnlySpan<byte> flight, ReadOnlySpan<byte> hello)
        {
            const int SessionIdAt = HeaderLength + 4 + 2 + 32;
            var sessionId = hello.Slice(SessionIdAt, 1 + hello[SessionIdAt]);
            FaultException.Unless(
                flight.Slice(SessionIdAt, sessionId.Length).SequenceEqual(sessionId), "another session identifier came back");
            var types = new List<byte>();
            while (!flight.IsEmpty)
            {
                types.Add(flight[0]);
                flight = flight[(HeaderLength + BinaryPrimitives.ReadUInt16BigEndian(flight[3..]))..];
            }
            FaultException.Unless(
                types is [22, 20, 23, ..] && types.Skip(2).All(static type => type == 23) && types.Count < 10,
                $"the records of the flight have the types {string.Join(", ", types)}");
        }
    }
}

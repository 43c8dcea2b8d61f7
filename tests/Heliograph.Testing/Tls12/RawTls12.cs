using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using Heliograph.Testing.Tls13;
using static Heliograph.Testing.Fingerprints.HelloBytes;

namespace Heliograph.Testing.Tls12;

/// <summary>
/// A hand-written TLS 1.2 client that may send anything at any time and records what the server sends, as <see cref="RawHandshake"/> does
/// for TLS 1.3. Its cryptography is .NET's.
/// </summary>
public sealed class RawTls12 : IDisposable
{
    public const byte Ccs = 20, Alert = 21, Handshake = 22, Data = 23;

    private const int ServerHello = 2, ServerKeyExchange = 12, ServerHelloDone = 14, FinishedType = 20;
    private const int ExtendedMasterSecret = 23;

    private readonly RecordSocket socket = new();
    private readonly ServerWords words = new();
    private readonly List<byte> transcript = [];
    private readonly List<byte> unfinished = [];
    private readonly List<string> story = [];
    private readonly CancellationToken cancellationToken;
    private byte[] clientRandom = [];
    private byte[] serverRandom = [];
    private byte[] sessionId = [];
    private byte[] masterSecret = [];
    private Session12? offered;
    private bool hasExtendedSecret;
    private Tls12Suite? suite;
    private ServerExchange? exchange;
    private Tls12Keys? receiving;
    private Tls12Keys? nextSending;
    private Tls12Keys? nextReceiving;

    private RawTls12(CancellationToken cancellationToken) => this.cancellationToken = cancellationToken;

    /// <summary>The hello of a small TLS 1.2 client; the cases differ from it.</summary>
    public static RawHello Ordinary { get; } = new RawHello
    {
        SessionId = [],
        Suites = [0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8],
        Extensions =
        [
            new(RawHello.ServerNames, RawHello.HostNames("proxy.example")),
            new(RawHello.SupportedGroups, Vector16(UInt16s([0x001d, 0x0017]))),
            new(11, [1, 0]), // ec_point_formats
            new(RawHello.SignatureAlgorithms, Vector16(UInt16s([0x0403, 0x0804, 0x0401]))),
            new(ExtendedMasterSecret, []),
            new(0xff01, [0]), // renegotiation_info
        ],
    };

    /// <summary>What the server has sent so far, one line for each record.</summary>
    public string Story => string.Join('\n', story);

    /// <summary>The client's keys; null before its change_cipher_spec.</summary>
    public Tls12Keys? Sending { get; private set; }

    /// <summary>Whether the server resumed the session that was offered.</summary>
    public bool IsResumed { get; private set; }

    /// <summary>Whether a record of application data was made under the client's keys.</summary>
    public bool HasProtectedData { get; private set; }

    /// <summary>The session, after the handshake.</summary>
    public Session12 Session => new(sessionId, masterSecret);

    /// <summary>The curve of the key exchange; null: DHE.</summary>
    public int? Group => exchange?.Group;

    public static async Task<RawTls12> ConnectAsync(IPEndPoint server, CancellationToken cancellationToken)
    {
        var client = new RawTls12(cancellationToken);
        await client.socket.ConnectAsync(server, cancellationToken);
        return client;
    }

    public Task SendAsync(params byte[] bytes) => socket.SendAsync(bytes, cancellationToken);

    /// <summary>FIN.</summary>
    public void EndSending() => socket.EndSending();

    /// <summary>RST.</summary>
    public void Reset() => socket.Reset();

    /// <summary>Adds a client message to the transcript, as the server will count it; the caller sends it.</summary>
    public void Say(byte[] message) => transcript.AddRange(message);

    /// <summary>Adds a hello to the transcript and sends it in one record.</summary>
    /// <param name="hello">The hello.</param>
    /// <param name="session">Whose id the hello gets; null: the hello as it is.</param>
    /// <param name="recordVersion">The record's version.</param>
    public Task OfferAsync(RawHello hello, Session12? session = null, int recordVersion = 0x0301) =>
        SendAsync(RawHello.Record(Handshake, Offer(hello, session), recordVersion));

    /// <summary>Adds a hello to the transcript.</summary>
    /// <returns>The message.</returns>
    public byte[] Offer(RawHello hello, Session12? session = null)
    {
        ArgumentNullException.ThrowIfNull(hello);
        offered = session;
        var message = (session is null ? hello : hello with { SessionId = session.Id }).ToMessage();
        clientRandom = hello.Random;
        transcript.Clear();
        Say(message);
        return message;
    }

    /// <summary>A record under the client's keys, or without protection before its change_cipher_spec.</summary>
    public byte[] Record(byte type, params ReadOnlySpan<byte> content)
    {
        HasProtectedData |= type == Data && Sending is not null;
        return Sending?.Protect(type, content) ?? RawHello.Record(type, content);
    }

    /// <summary>The ClientKeyExchange that is due, added to the transcript. The keys for change_cipher_spec are then known.</summary>
    public byte[] KeyExchange()
    {
        var message = RawHello.Message(16, exchange!.PublicKey);
        Say(message);
        var seed = hasExtendedSecret ? Hash() : [.. clientRandom, .. serverRandom];
        masterSecret = suite!.Expand(exchange.Agree(), hasExtendedSecret ? "extended master secret"u8 : "master secret"u8, seed, 48);
        DeriveKeys();
        return message;
    }

    /// <summary>What follows is under the client's keys.</summary>
    /// <returns>The record of change_cipher_spec.</returns>
    public byte[] ChangeCipherSpec()
    {
        Sending = nextSending;
        return RawHello.Record(Ccs, [1]);
    }

    /// <summary>The Finished that is due next; not yet added to the transcript.</summary>
    public byte[] Finished() => RawHello.Message(FinishedType, VerifyData("client finished"u8));

    /// <summary>The client's flight after the server's: of a whole handshake, or of one that resumes.</summary>
    public byte[] Flight()
    {
        var before = IsResumed ? [] : RawHello.Record(Handshake, KeyExchange());
        var change = ChangeCipherSpec();
        var finished = Finished();
        Say(finished);
        return [.. before, .. change, .. Record(Handshake, finished)];
    }

    /// <summary>Reads until the server waits for the client or has closed.</summary>
    public async Task<Flight> ReadFlightAsync()
    {
        while (await socket.ReadAsync(cancellationToken) is { } record)
        {
            if (Take(record) is { } flight)
                return flight;
        }
        TellEnd();
        return Tls13.Flight.Ended;
    }

    /// <summary>Reads one more record.</summary>
    /// <returns>False: the connection has ended.</returns>
    public async Task<bool> ReadRecordAsync()
    {
        if (await socket.ReadAsync(cancellationToken) is { } record)
        {
            _ = Take(record);
            return true;
        }
        TellEnd();
        return false;
    }

    /// <summary>Reads to the end.</summary>
    public async Task ReadToEndAsync()
    {
        while (await ReadRecordAsync())
        {
        }
    }

    public void Dispose() => socket.Dispose();

    private void TellEnd() => story.Add(socket.End + (socket.Rest.Length > 0 ? " in a record " + socket.Rest : ""));

    private Flight? Take(byte[] record)
    {
        var version = BinaryPrimitives.ReadUInt16BigEndian(record.AsSpan(1));
        var name = $"{record[0]}{(version == 0x0303 ? "" : $"/{version:x4}")}{(receiving is null ? "" : " protected")}";
        var length = record.Length - 5;
        if ((receiving is null ? record[5..] : receiving.Unprotect(record)) is not { } content)
        {
            story.Add($"{name} {length}: unreadable");
            return null;
        }
        switch (record[0])
        {
            case Data:
                // How a page is split into records has nothing to do with the handshake.
                if (story[^1] != name + " data")
                    story.Add(name + " data");
                return null;
            case Handshake:
                return ReadMessages(name, content, length);
            default:
                story.Add($"{name} {length}: {(record[0] == Alert ? "alert" : $"type {record[0]}")} {Convert.ToHexString(content)}");
                if (record[0] == Ccs)
                    receiving = nextReceiving;
                return null;
        }
    }

    private Flight? ReadMessages(string name, byte[] content, int length)
    {
        Flight? flight = null;
        var described = new List<string>();
        unfinished.AddRange(content);
        while (unfinished.Count >= 4 && unfinished.Count >= 4 + Length24())
        {
            byte[] message = [.. unfinished[..(4 + Length24())]];
            unfinished.RemoveRange(0, message.Length);
            described.Add(Follow(message, out var chance, ref flight));
            length -= chance;
        }
        story.Add($"{name} {length}: {(described.Count == 0 ? "a part" : string.Join(" and ", described))}");
        return flight;
    }

    private int Length24() => unfinished[1] << 16 | unfinished[2] << 8 | unfinished[3];

    private string Follow(byte[] message, out int chance, ref Flight? flight)
    {
        chance = 0;
        if (message[0] == FinishedType)
        {
            var isRight = message.AsSpan(4).SequenceEqual(VerifyData("server finished"u8));
            Say(message);
            flight = Tls13.Flight.Finished;
            return "Finished, " + (isRight ? "right" : "wrong");
        }
        var described = words.Describe(message, [], null, [], out chance);
        if (message[0] != 0) // HelloRequest does not count.
            Say(message);
        switch (message[0])
        {
            case ServerHello:
                return described + FollowHello(message.AsSpan(4));
            case ServerKeyExchange:
                exchange = ServerExchange.Read(message.AsSpan(4));
                break;
            case ServerHelloDone:
                flight = Tls13.Flight.Tls12;
                break;
        }
        return described;
    }

    private string FollowHello(ReadOnlySpan<byte> body)
    {
        serverRandom = body[2..34].ToArray();
        sessionId = body.Slice(35, body[34]).ToArray();
        var rest = body[(35 + sessionId.Length)..];
        suite = Tls12Suite.Find(BinaryPrimitives.ReadUInt16BigEndian(rest));
        hasExtendedSecret = false;
        for (rest = rest.Length > 5 ? rest[5..] : []; rest.Length >= 4;)
        {
            hasExtendedSecret |= BinaryPrimitives.ReadUInt16BigEndian(rest) == ExtendedMasterSecret;
            rest = rest[(4 + BinaryPrimitives.ReadUInt16BigEndian(rest[2..]))..];
        }
        IsResumed = offered is not null && sessionId.AsSpan().SequenceEqual(offered.Id);
        if (!IsResumed)
            return "";
        masterSecret = offered!.MasterSecret;
        DeriveKeys();
        return ", resumed";
    }

    /// <summary>RFC 5246 section 6.3; the suites have no MAC keys.</summary>
    private void DeriveKeys()
    {
        var (key, vector) = (suite!.KeyLength, suite.VectorLength);
        var block = suite.Expand(masterSecret, "key expansion"u8, [.. serverRandom, .. clientRandom], 2 * (key + vector));
        nextSending = new(suite, block[..key], block[(2 * key)..(2 * key + vector)]);
        nextReceiving = new(suite, block[key..(2 * key)], block[(2 * key + vector)..]);
    }

    private byte[] VerifyData(ReadOnlySpan<byte> label) => suite!.Expand(masterSecret, label, Hash(), 12);

    private byte[] Hash() => CryptographicOperations.HashData(suite!.Hash, [.. transcript]);
}

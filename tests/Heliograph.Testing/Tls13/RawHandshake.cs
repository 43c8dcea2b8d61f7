using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using static Heliograph.Testing.Fingerprints.HelloBytes;

namespace Heliograph.Testing.Tls13;

/// <summary>How far the server's answer to a hello goes.</summary>
public enum Flight
{
    /// <summary>The connection has ended.</summary>
    Ended,

    /// <summary>HelloRetryRequest.</summary>
    Retry,

    /// <summary>TLS 1.2, up to ServerHelloDone.</summary>
    Tls12,

    /// <summary>TLS 1.3, up to Finished.</summary>
    Finished,
}

/// <summary>
/// A hand-written TLS 1.3 client that may send anything at any time and records what the server sends: every record with its
/// length and its content, except for random parts. Its cryptography is .NET's.
/// </summary>
public sealed class RawHandshake : IDisposable
{
    private readonly RecordSocket socket = new();
    private readonly ServerWords words = new();
    private readonly List<byte> transcript = [];
    private readonly List<Ticket> tickets = [];
    private readonly List<byte> unfinished = [];
    private readonly List<string> story = [];
    private readonly List<byte> data = [];
    private readonly CancellationToken cancellationToken;
    private byte[] clientHandshakeSecret = [];
    private byte[] serverHandshakeSecret = [];
    private byte[] clientSecret = [];
    private byte[] resumptionSecret = [];
    private Ticket[] offered = [];
    private string suite = "";
    private KeySchedule? schedule;
    private Tls13Keys? receiving;
    private string receivingName = "";

    private RawHandshake(CancellationToken cancellationToken) =>
        this.cancellationToken = cancellationToken;

    /// <summary>What the server has sent so far, one line for each record.</summary>
    public string Story => string.Join('\n', story);

    /// <summary>The client's keys; set once the server's hello has arrived.</summary>
    public Tls13Keys Sending { get; private set; } = null!;

    /// <summary>The client's application keys; set once the server's Finished has arrived.</summary>
    public Tls13Keys ApplicationKeys => new(suite, clientSecret);

    public IReadOnlyList<Ticket> Tickets => tickets;

    /// <summary>The most bytes of application data in one record.</summary>
    public int LongestData { get; private set; }

    /// <summary>The application data so far.</summary>
    public ReadOnlySpan<byte> Data => CollectionsMarshal.AsSpan(data);

    /// <summary>The group that a HelloRetryRequest asked for.</summary>
    public int? RetryGroup => words.Group;

    public static async Task<RawHandshake> ConnectAsync(IPEndPoint server, CancellationToken cancellationToken)
    {
        var client = new RawHandshake(cancellationToken);
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
    public async Task OfferAsync(RawHello hello, int recordVersion = 0x0301)
    {
        ArgumentNullException.ThrowIfNull(hello);
        var message = hello.ToMessage();
        Say(message);
        await SendAsync(RawHello.Record(22, message, recordVersion));
    }

    /// <summary>The hello with pre_shared_key at its end, each ticket with the binder computed from its key.</summary>
    public RawHello Resume(RawHello hello, params Ticket[] with)
    {
        ArgumentNullException.ThrowIfNull(hello);
        offered = with;
        var identities = Vector16([
            .. with.SelectMany(static ticket =>
                (byte[])[.. Vector16(ticket.Identity), .. UInt16((int)(ticket.AgeAdd >> 16)), .. UInt16((int)(ticket.AgeAdd & 0xffff))]),
        ]);
        byte[] Binders(Func<Ticket, byte[]> binder) => Vector16([.. with.SelectMany(ticket => Vector8(binder(ticket)))]);
        var empty = Binders(static ticket => new byte[ticket.Psk.Length]);
        var message = hello.And(RawHello.PreSharedKey, [.. identities, .. empty]).ToMessage();
        byte[] signed = [.. transcript, .. message.AsSpan(..^empty.Length)];
        return hello.And(RawHello.PreSharedKey, [.. identities, .. Binders(ticket =>
        {
            var early = new KeySchedule(ticket.Hash, ticket.Psk);
            return early.VerifyData(early.Derive("res binder", []), signed);
        })]);
    }

    /// <summary>Records in how many segments everything has arrived so far.</summary>
    public void TellSegments() => story.Add($"in {socket.DataSegments} segments");

    /// <summary>Reads until the server waits for the client or has closed.</summary>
    public async Task<Flight> ReadFlightAsync()
    {
        while (await socket.ReadAsync(cancellationToken) is { } record)
        {
            if (Take(record) is { } flight)
                return flight;
        }
        TellEnd();
        return Flight.Ended;
    }

    /// <summary>Reads until this many tickets have arrived.</summary>
    public async Task ReadTicketsAsync(int count)
    {
        while (tickets.Count < count && await socket.ReadAsync(cancellationToken) is { } record)
            _ = Take(record);
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

    /// <summary>The Finished that is due next.</summary>
    public byte[] Finished() => RawHello.Message(20, schedule!.VerifyData(clientHandshakeSecret, [.. transcript]));

    /// <summary>Adds the Finished to the transcript and switches to the application keys.</summary>
    /// <returns>Its record.</returns>
    public byte[] ProtectFinished(int padding = 0)
    {
        var record = Sending.Protect(22, Finished(), padding);
        Say(Finished());
        Sending = ApplicationKeys;
        resumptionSecret = schedule!.Derive("res master", [.. transcript]);
        return record;
    }

    public void Dispose() => socket.Dispose();

    private void TellEnd() => story.Add(socket.End + (socket.Rest.Length > 0 ? " in a record " + socket.Rest : ""));

    private Flight? Take(byte[] record)
    {
        var header = record[..5];
        var fragment = record[5..];
        var version = BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(1));
        var name = $"{header[0]}{(version == 0x0303 ? "" : $"/{version:x4}")}";
        if (header[0] != 23 || receiving is null)
            return Read(name, header[0], fragment, fragment.Length);
        if (Unprotect(header, fragment) is not var (type, content))
        {
            // From a server that got a key share other than the client's.
            if (story[^1] != "unreadable")
                story.Add("unreadable");
            return null;
        }
        name = $"{name} {receivingName}";
        // How the pages of two sites are split into records has nothing to do with the handshake.
        if (type == 23)
        {
            LongestData = Math.Max(LongestData, content.Length);
            data.AddRange(content);
            if (story[^1] != name + " data")
                story.Add(name + " data");
            return null;
        }
        return Read(name, type, content, fragment.Length);
    }

    private Flight? Read(string name, byte type, byte[] content, int length)
    {
        if (type != 22)
        {
            story.Add($"{name} {length}: {(type == 21 ? "alert" : $"type {type}")} {(type == 23 ? "" : Convert.ToHexString(content))}");
            return null;
        }
        Flight? flight = null;
        var described = new List<string>();
        unfinished.AddRange(content);
        while (NextMessage() is { } message)
        {
            described.Add(words.Describe(message, [.. transcript], schedule, serverHandshakeSecret, out var chance));
            length -= chance;
            flight = Follow(message) ?? flight;
        }
        story.Add($"{name} {length}: {(described.Count == 0 ? "a part" : string.Join(" and ", described))}");
        return flight;
    }

    private byte[]? NextMessage()
    {
        if (unfinished.Count < 4)
            return null;
        var end = 4 + (unfinished[1] << 16 | unfinished[2] << 8 | unfinished[3]);
        if (unfinished.Count < end)
            return null;
        byte[] message = [.. unfinished.Take(end)];
        unfinished.RemoveRange(0, end);
        return message;
    }

    /// <summary>Processes a message as a client does.</summary>
    private Flight? Follow(byte[] message)
    {
        const byte ServerHello = 2, NewSessionTicket = 4, ServerHelloDone = 14, Finished = 20, KeyUpdate = 24;
        if (message[0] == NewSessionTicket && schedule is not null)
        {
            tickets.Add(Ticket.Read(message, resumptionSecret, schedule, HashOf(suite)));
            return null;
        }
        if (message[0] == KeyUpdate)
        {
            receiving!.Update();
            return null;
        }
        if (words.IsRetry && message[0] == ServerHello)
            ReplaceByHash();
        transcript.AddRange(message);
        switch (message[0])
        {
            case ServerHello when words.IsRetry:
                return Flight.Retry;
            case ServerHello
                when words.Suite is { } chosen && words.ServerShare is { } share && ClientShare.ForGroup(words.Group ?? 0) is { } own:
                Agree(chosen, own.Agree(share));
                break;
            case Finished:
                schedule!.Mix();
                clientSecret = schedule.Derive("c ap traffic", [.. transcript]);
                Receive("application", schedule.Derive("s ap traffic", [.. transcript]));
                return Flight.Finished;
            case ServerHelloDone:
                return Flight.Tls12;
        }
        return null;
    }

    private void Agree(string chosen, byte[] shared)
    {
        suite = chosen;
        schedule = new KeySchedule(HashOf(chosen), words.Resumed is { } chosenTicket ? offered[chosenTicket].Psk : null);
        schedule.Mix(shared);
        clientHandshakeSecret = schedule.Derive("c hs traffic", [.. transcript]);
        serverHandshakeSecret = schedule.Derive("s hs traffic", [.. transcript]);
        Sending = new(suite, clientHandshakeSecret);
        Receive("handshake", serverHandshakeSecret);
    }

    private void Receive(string name, byte[] secret)
    {
        receiving = new(suite, secret);
        receivingName = name;
    }

    private (byte Type, byte[] Content)? Unprotect(byte[] header, byte[] fragment)
    {
        try
        {
            return receiving!.Unprotect(header, fragment);
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    /// <summary>RFC 8446 section 4.4.1: after a HelloRetryRequest the first hello counts as its hash.</summary>
    private void ReplaceByHash()
    {
        var hash = new KeySchedule(HashOf(words.Suite!)).Hash([.. transcript]);
        transcript.Clear();
        transcript.AddRange(RawHello.Message(254, hash));
    }

    private static HashAlgorithmName HashOf(string suite) =>
        suite.EndsWith("SHA384", StringComparison.Ordinal) ? HashAlgorithmName.SHA384 : HashAlgorithmName.SHA256;
}

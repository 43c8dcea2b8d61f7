using System.Security.Cryptography;
using System.Text;
using Heliograph.Testing.Tls13;
using Heliograph.Tls13.Records;
using Heliograph.Tls13.Session;

namespace Heliograph.Tls13.Tests.Session;

/// <summary>What records do to a session, without a socket. The relay's tests compare the whole with a real nginx.</summary>
public sealed class Tls13SessionTests : IDisposable
{
    private const int Suite = 0x1301;
    private const byte Alerts = 21, Handshake = 22, Data = 23;

    private static readonly byte[] ClientSecret = [.. Enumerable.Repeat((byte)1, 32)], ServerSecret = [.. Enumerable.Repeat((byte)2, 32)];

    private readonly RecordLayer records = new(ipsecMb: null);
    private readonly RecordedSink sink = new();
    private readonly Tls13Keys client = new("TLS_AES_128_GCM_SHA256", ClientSecret), server = new("TLS_AES_128_GCM_SHA256", ServerSecret);
    private readonly Tls13Session session;

    public Tls13SessionTests() =>
        session = new(records, SessionKeys.Derive(Suite, ClientSecret, ServerSecret, serverRecords: 0)!.Value, sink);

    public void Dispose()
    {
        session.Dispose();
        records.Dispose();
    }

    [Fact]
    public void Application_data_is_read_wherever_the_bytes_are_cut()
    {
        byte[] bytes = [.. client.Protect(Data, "first "u8), .. client.Protect(Data, "second"u8)];
        var pending = new List<byte>();
        var data = new StringBuilder();
        foreach (var value in bytes)
        {
            pending.Add(value);
            pending.RemoveRange(0, Read([.. pending], out var written));
            data.Append(written);
        }

        Assert.Equal("first second", data.ToString());
        Assert.Empty(pending);
        Assert.Empty(sink.Sent);
    }

    [Fact]
    public void What_is_written_reaches_the_client_in_full_records()
    {
        var content = new byte[(2 * RecordLayer.LargestContent) + 1];
        Random.Shared.NextBytes(content);

        Assert.True(session.Write(content));

        Assert.Equal(
            [RecordLayer.LargestContent, RecordLayer.LargestContent, 1], Received().Select(static record => record.Content.Length));
    }

    [Fact]
    public void Only_the_next_record_with_application_data_is_padded()
    {
        Read(client.Protect(Handshake, [24, 0, 0, 1, 1]), out _);
        session.PadNextRecord(9_500);

        Assert.True(session.Write("first"u8));
        Assert.True(session.Write("second"u8));

        Assert.Equal([5 + RecordLayer.Overhead, 9_500, 6 + RecordLayer.Overhead], sink.Sent.Select(static record => record.Length));
        Assert.Equal((Handshake, "\u0018\0\0\u0001\0"), Open(sink.Sent[0]));
        server.Update();
        Assert.Equal((Data, "first"), Open(sink.Sent[1]));
        Assert.Equal((Data, "second"), Open(sink.Sent[2]));
    }

    [Fact]
    public void What_is_longer_than_the_padding_is_written_as_without_it()
    {
        session.PadNextRecord(9_500);

        Assert.True(session.Write(new byte[RecordLayer.LargestContent + 1]));

        Assert.Equal([RecordLayer.LargestContent, 1], Received().Select(static record => record.Content.Length));
    }

    [Fact]
    public void A_record_that_nobody_wrote_is_answered_with_an_alert_and_ends_the_session()
    {
        var record = client.Protect(Data, "data"u8);
        record[^1] ^= 1;

        Read(record, out var written);

        Assert.Empty(written);
        Assert.Equal((SessionState.Broken, Alert.BadRecordMac), (session.State, session.SentAlert));
        Assert.Equal([(Alerts, "\u0002\u0014")], Received());
        Assert.False(session.WriteEnd());
    }

    /// <summary>OpenSSL 3.2 and later look at the type first.</summary>
    [Fact]
    public void A_header_of_another_protocol_is_answered_as_by_this_machines_OpenSSL()
    {
        Read([22, 4, 1, 0, 0], out _);

        var alert = SafeEvpPKeyHandle.OpenSslVersion < 0x30200000 ? Alert.ProtocolVersion : Alert.UnexpectedMessage;
        Assert.Equal((SessionState.Broken, (Alert?)alert), (session.State, session.SentAlert));
    }

    [Theory]
    [InlineData("1503030002", Alert.UnexpectedMessage)]
    [InlineData("1703020010", Alert.DecodeError)]
    [InlineData("1703034101", Alert.RecordOverflow)]
    public void A_header_that_no_record_can_have_is_answered_without_waiting_for_the_rest(string header, Alert alert)
    {
        Assert.True(session.CanRead(Convert.FromHexString(header)));

        Read(Convert.FromHexString(header), out _);

        Assert.Equal((SessionState.Broken, (Alert?)alert), (session.State, session.SentAlert));
    }

    [Fact]
    public void A_KeyUpdate_is_answered_before_the_next_data()
    {
        var bytes = client.Protect(Handshake, [24, 0, 0, 1, 1]);
        client.Update();

        Read([.. bytes, .. client.Protect(Data, "new key"u8)], out var written);
        Assert.Equal("new key", written);
        Assert.Empty(sink.Sent);

        Assert.True(session.Write("answer"u8));
        Assert.Equal((Handshake, "\u0018\0\0\u0001\0"), Open(sink.Sent[0]));
        server.Update();
        Assert.Equal((Data, "answer"), Open(sink.Sent[1]));
    }

    [Fact]
    public void A_client_that_has_ended_its_side_is_sent_no_close_notify()
    {
        Read(client.Protect(Alerts, [1, 0]), out _);

        Assert.Equal(SessionState.Closed, session.State);
        Assert.True(session.WriteEnd());
        Assert.Empty(sink.Sent);
    }

    [Fact]
    public void An_open_session_ends_with_close_notify()
    {
        Assert.True(session.WriteEnd());

        Assert.Equal([(Alerts, "\u0001\0")], Received());
    }

    [Fact]
    public void The_end_of_the_clients_bytes_closes_the_session()
    {
        session.EndRead();

        Assert.Equal(SessionState.Closed, session.State);
    }

    [Fact]
    public void A_broken_connection_ends_every_write()
    {
        sink.IsBroken = true;

        Assert.False(session.Write("data"u8));
        Assert.False(session.WriteEnd());
    }

    [Fact]
    public void Keys_need_a_suite_and_secrets_of_its_length()
    {
        Assert.Null(SessionKeys.Derive(0xc02b, ClientSecret, ServerSecret, serverRecords: 0));
        Assert.Null(SessionKeys.Derive(Suite, ClientSecret.AsSpan(1), ServerSecret, serverRecords: 0));
        Assert.Null(SessionKeys.Derive(Suite, ClientSecret, [], serverRecords: 0));
    }

    private int Read(byte[] bytes, out string written)
    {
        var destination = new byte[2 * RecordLayer.LargestFragment];
        var read = session.Read(bytes, destination, out var count);
        written = Encoding.Latin1.GetString(destination, 0, count);
        return read;
    }

    /// <summary>All records that were sent.</summary>
    private List<(byte Type, string Content)> Received()
    {
        var bytes = sink.Sent.SelectMany(static records => records).ToArray();
        var received = new List<(byte, string)>();
        while (bytes.Length > 0)
        {
            var length = RecordLayer.HeaderLength + ((bytes[3] << 8) | bytes[4]);
            received.Add(Open(bytes[..length]));
            bytes = bytes[length..];
        }
        return received;
    }

    private (byte Type, string Content) Open(byte[] record)
    {
        var (type, content) = server.Unprotect(record.AsSpan(0, RecordLayer.HeaderLength), record.AsSpan(RecordLayer.HeaderLength));
        return ((byte)type, Encoding.Latin1.GetString(content));
    }
}

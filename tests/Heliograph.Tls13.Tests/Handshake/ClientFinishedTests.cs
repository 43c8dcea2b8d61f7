using Heliograph.Tls13.Handshake;
using Heliograph.Tls13.Records;

namespace Heliograph.Tls13.Tests.Handshake;

public sealed class ClientFinishedTests
{
    private static readonly CipherSuite Suite = CipherSuite.Find(0x1301)!;
    private static readonly byte[] Message = [20, 0, 0, 32, .. Enumerable.Range(1, 32).Select(static value => (byte)value)];

    [Fact]
    public void The_right_message_is_accepted_wherever_records_cut_it()
    {
        for (var first = 1; first < Message.Length; first++)
        {
            using var finished = Awaited();
            Assert.Null(finished.ReadRecord(Message.AsSpan(0, first)));
            Assert.False(finished.IsWhole);
            Assert.Null(finished.ReadRecord(Message.AsSpan(first)));
            Assert.True(finished.IsWhole);
        }
    }

    [Fact]
    public void Any_bit_that_differs_is_a_decrypt_error()
    {
        for (var bit = 4 * 8; bit < Message.Length * 8; bit++)
        {
            using var finished = Awaited();
            var wrong = (byte[])Message.Clone();
            wrong[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Equal(Alert.DecryptError, finished.ReadRecord(wrong));
            Assert.False(finished.IsWhole);
        }
    }

    [Theory]
    [InlineData("", nameof(Alert.UnexpectedMessage))]
    [InlineData("0b000020", nameof(Alert.UnexpectedMessage))]
    [InlineData("18000001", nameof(Alert.UnexpectedMessage))]
    [InlineData("14000041", nameof(Alert.IllegalParameter))]
    [InlineData("14ffffff", nameof(Alert.IllegalParameter))]
    [InlineData("14000000", nameof(Alert.DecodeError))]
    [InlineData("1400000400000000", nameof(Alert.DecodeError))]
    [InlineData("140000040000000000", nameof(Alert.UnexpectedMessage))]
    public void Another_message_gets_the_alert_that_OpenSSL_sends(string content, string alert)
    {
        using var finished = Awaited();

        Assert.Equal(alert, finished.ReadRecord(Convert.FromHexString(content))?.ToString());
        Assert.False(finished.IsWhole);
    }

    [Fact]
    public void Nothing_may_follow_it_in_its_record()
    {
        using var finished = Awaited();

        Assert.Equal(Alert.UnexpectedMessage, finished.ReadRecord([.. Message, 0]));
        Assert.False(finished.IsWhole);
    }

    private static ClientFinished Awaited() =>
        new(
            (byte[])Message.Clone(),
            new TrafficKey(Suite, new byte[Suite.HashLength], records: 0),
            new SessionTickets(null!, Suite, new byte[Suite.HashLength]));
}

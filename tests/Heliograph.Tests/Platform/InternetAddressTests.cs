using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Heliograph.Platform;

namespace Heliograph.Tests.Platform;

public sealed partial class InternetAddressTests
{
    private static readonly string[] Pieces =
    [
        "0", "00", "1", "01", "010", "10", "255", "256", "0x7f", "127", "abcd", "ABCD", "0000", "00000", "12345",
        ".", ".", ".", ":", ":", "::", "%lo", "%1", "[", "]", "/8", " ", "g", "-1", "+1",
    ];

    [Theory]
    [InlineData("192.0.2.7")]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    [InlineData("2001:DB8::7")]
    [InlineData("::ffff:192.0.2.7")]
    [InlineData("1:2:3:4:5:6:7:8")]
    [InlineData("1:2:3:4:5:6:192.0.2.7")]
    public void An_address_is_read(string text)
    {
        Assert.True(InternetAddress.TryParse(text, out var address));
        Assert.Equal(Pton(text), address);
    }

    [Theory]
    [InlineData("")]
    [InlineData("010.0.0.5")]
    [InlineData("192.168.010.001")]
    [InlineData("0x7f.0.0.1")]
    [InlineData("127.1")]
    [InlineData("2130706433")]
    [InlineData("::ffff:010.0.0.5")]
    [InlineData("fe80::1%lo")]
    [InlineData("[::1]")]
    [InlineData("[::1]:443")]
    [InlineData("00001::")]
    [InlineData("::1/128")]
    [InlineData(" 127.0.0.1")]
    public void What_inet_pton_refuses_is_refused(string text)
    {
        Assert.Null(Pton(text));
        Assert.False(InternetAddress.TryParse(text, out _));
    }

    /// <summary>Texts of the pieces that addresses and their look-alikes consist of, and addresses with one piece changed.</summary>
    [Fact]
    public void It_agrees_with_inet_pton()
    {
        var random = new Random(8215);
        for (var i = 0; i < 300_000; i++)
        {
            var text = random.Next(3) == 0 ? Mutated(random) : string.Concat(random.GetItems(Pieces, random.Next(1, 16)));
            var expected = Pton(text);
            Assert.True(InternetAddress.TryParse(text, out var address) == (expected is not null), text);
            Assert.Equal(expected, address);
        }
    }

    [Theory]
    [InlineData("010.0.0.5", "write 10.0.0.5 if you mean that")]
    [InlineData("192.168.000.001", "write 192.168.0.1 if you mean that")]
    [InlineData("::ffff:010.0.0.5", "write ::ffff:10.0.0.5 if you mean that")]
    [InlineData("fe80::1%lo", "leave it out")]
    [InlineData("proxy.example.org", null)]
    [InlineData("127.1", null)]
    [InlineData("192.0.2.7", null)]
    public void What_programs_read_differently_is_named(string text, string? end)
    {
        var problem = InternetAddress.FindProblem(text);
        Assert.Equal(end is null, problem is null);
        Assert.EndsWith(end ?? "", problem ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.1", true)]
    [InlineData("127.1.", true)]
    [InlineData("0x7f000001", true)]
    [InlineData("127.0x1", true)]
    [InlineData("2130706433", true)]
    [InlineData("0x", true)]
    [InlineData("proxy.example.org", false)]
    [InlineData("1.example", false)]
    [InlineData("0xyz", false)]
    [InlineData("localhost", false)]
    [InlineData("", false)]
    public void A_host_that_ends_in_a_number_is_told(string host, bool expected) =>
        Assert.Equal(expected, InternetAddress.EndsInNumber(host));

    private static string Mutated(Random random)
    {
        var bytes = new byte[random.Next(2) == 0 ? 4 : 16];
        random.NextBytes(bytes);
        var text = new IPAddress(bytes).ToString();
        return text.Remove(random.Next(text.Length), 1).Insert(random.Next(text.Length), random.GetItems(Pieces, 1)[0]);
    }

    private static unsafe IPAddress? Pton(string text)
    {
        var bytes = stackalloc byte[16];
        if (InetPton((int)ProtocolFamily.InterNetwork, text, bytes) == 1)
            return new IPAddress(new ReadOnlySpan<byte>(bytes, 4));
        const int Ipv6OnLinux = 10;
        return InetPton(Ipv6OnLinux, text, bytes) == 1 ? new IPAddress(new ReadOnlySpan<byte>(bytes, 16)) : null;
    }

    [LibraryImport("libc", EntryPoint = "inet_pton", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int InetPton(int family, string text, byte* address);
}

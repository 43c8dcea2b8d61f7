using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using Heliograph.Platform;
using Heliograph.Relay.Diagnostics;

namespace Heliograph.Relay.Upstream;

/// <summary>SOCKS5 (RFC 1928), with a user and a password (RFC 1929).</summary>
internal sealed class Socks5Conversation : ProxyConversation
{
    private const byte Version = 5, Connect = 1, Ipv4 = 1, Name = 3, Ipv6 = 4;
    private const byte NoCredentials = 0, UserAndPassword = 2;

    /// <summary>A method, a status, and a reply with the longest name: section 6.</summary>
    private const int LongestAnswer = 2 + 2 + 4 + 1 + 255 + 2;

    private readonly UpstreamProxy proxy;
    private readonly UpstreamEndpoint.Tcp host;
    private Step step = Step.Method;
    private int at;

    public Socks5Conversation(UpstreamProxy proxy, UpstreamEndpoint.Tcp host) : base(LongestAnswer)
    {
        this.proxy = proxy;
        this.host = host;
        Send((byte[])(proxy.User is null ? [Version, 1, NoCredentials] : [Version, 2, NoCredentials, UserAndPassword]));
        Expect(2);
    }

    /// <summary>What is awaited.</summary>
    private enum Step
    {
        Method,
        Status,
        Reply,
        NameLength,
        Address,
    }

    protected override void Read(ReadOnlySpan<byte> received)
    {
        var part = received[at..];
        at = received.Length;
        switch (step)
        {
            case Step.Method:
                ReadMethod(part);
                break;
            case Step.Status when part[1] != 0:
                Fail(ProxyFault.Credentials($"RFC 1929 status {part[1]}", hadCredentials: true));
                break;
            case Step.Status:
                Ask();
                break;
            case Step.Reply:
                ReadReply(part);
                break;
            case Step.NameLength:
                Expect(Step.Address, part[0] + 2);
                break;
        }
    }

    private void ReadMethod(ReadOnlySpan<byte> part)
    {
        if (part[0] != Version)
            Fail(NotSocks());
        else if (part[1] == NoCredentials)
            Ask();
        else if (part[1] == UserAndPassword && proxy.User is not null)
            LogIn();
        else if (part[1] == 0xFF)
            Fail(ProxyFault.Credentials("SOCKS5 method 255", proxy.User is not null));
        else
            Fail(NotSocks());
    }

    private void LogIn()
    {
        var (user, password) = (Encoding.UTF8.GetBytes(proxy.User!), Encoding.UTF8.GetBytes(proxy.Password ?? ""));
        Send((byte[])[1, (byte)user.Length, .. user, (byte)password.Length, .. password]);
        Expect(Step.Status, 2);
    }

    private void Ask()
    {
        var port = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(port, (ushort)host.Port);
        Send((byte[])[Version, Connect, 0, .. Address(), .. port]);
        Expect(Step.Reply, 4);
    }

    /// <summary>The host as it stands: a name goes to the proxy as a name.</summary>
    private byte[] Address()
    {
        if (!InternetAddress.TryParse(host.Host, out var address))
        {
            var name = Encoding.UTF8.GetBytes(host.Host);
            return [Name, (byte)name.Length, .. name];
        }
        return [address.AddressFamily == AddressFamily.InterNetworkV6 ? Ipv6 : Ipv4, .. address.GetAddressBytes()];
    }

    private void ReadReply(ReadOnlySpan<byte> part)
    {
        if (part[0] != Version)
            Fail(NotSocks());
        else if (part[1] != 0)
            Fail(FromReply(part[1]));
        else if (part[3] == Name)
            Expect(Step.NameLength, 1);
        else if (part[3] is Ipv4 or Ipv6)
            Expect(Step.Address, (part[3] == Ipv4 ? 4 : 16) + 2);
        else
            Fail(NotSocks());
    }

    private void Expect(Step next, int more)
    {
        step = next;
        Expect(more);
    }

    /// <summary>The replies of RFC 1928 section 6.</summary>
    private static ProxyFault FromReply(byte reply) => reply switch
    {
        1 => ProxyFault.NotReached(DialFailure.ProxyFailed, "SOCKS5 reply 1: general failure"),
        2 => ProxyFault.Forbidden("SOCKS5 reply 2: not allowed by its rules"),
        3 => ProxyFault.NotReached(DialFailure.Unreachable, "SOCKS5 reply 3: network unreachable"),
        4 => ProxyFault.NotReached(DialFailure.Unreachable, "SOCKS5 reply 4: host unreachable"),
        5 => ProxyFault.NotReached(DialFailure.Refused, "SOCKS5 reply 5: connection refused"),
        6 => ProxyFault.NotReached(DialFailure.TimedOut, "SOCKS5 reply 6: time to live expired"),
        7 => new(DialFailure.NotAProxy, "does not connect for others (SOCKS5 reply 7: command not supported)"),
        8 => new(DialFailure.NotAProxy, "does not take this kind of address (SOCKS5 reply 8: address type not supported)"),
        _ => new(DialFailure.NotAProxy, $"gives a reason that SOCKS5 does not have (reply {reply})"),
    };

    private static ProxyFault NotSocks() => new(DialFailure.NotAProxy, "does not answer as a SOCKS5 proxy");
}

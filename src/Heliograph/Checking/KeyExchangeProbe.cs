using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Heliograph.Platform;

namespace Heliograph.Checking;

/// <summary>
/// Whether the proxy's name negotiates X25519MLKEM768, as today's browsers and web servers do. Since June 2026 there are reports from
/// Russia that proxies whose names do not are blocked.
/// </summary>
/// <remarks>
/// The hello offers this group alone, and no key for it: a server that has the group asks for the key (HelloRetryRequest, RFC 8446 section
/// 4.1.4), any other one refuses. So the machine that checks need not have the group itself.
/// </remarks>
internal static class KeyExchangeProbe
{
    public const string PostQuantum = "post_quantum", Classical = "classical";

    private const string Name = "X25519MLKEM768";
    private const int HeaderLength = 5, RandomAt = HeaderLength + 6, LongestAnswer = 512;
    private const byte Handshake = 22;
    private const ushort Group = 0x11ec;

    /// <summary>The random of a ServerHello that is a HelloRetryRequest (RFC 8446 section 4.1.3).</summary>
    private static readonly byte[] RetryRandom = SHA256.HashData("HelloRetryRequest"u8);

    public static async Task<CheckStep> RunAsync(IPEndPoint proxy, CheckOptions options, CheckClock clock)
    {
        var started = clock.Time.GetTimestamp();
        var step = new CheckStep
        {
            Step = Steps.KeyExchange,
            Subject = Name,
            Outcome = Classical,
            Severity = Severity.Note,
            Seen = $"no {Name}: Debian 13, Ubuntu 26.04 and the container have it; Russia is reported to block names without it",
            Remedy =
                "run the proxy on Debian 13, on Ubuntu 26.04 or in the container: their OpenSSL (3.5) has the post-quantum key exchange "
                + "that browsers offer first",
        };
        try
        {
            await using var stream = await Dial.ProxyAsync(proxy, options, clock);
            var negotiates = await clock.RunAsync(cancellationToken => IsAskedForKeyAsync(stream, options.Proxy.Host, cancellationToken));
            step = step with { TookMs = clock.Since(started) };
            return negotiates
                ? step with { Outcome = PostQuantum, Severity = Severity.Ok, Seen = $"{Name}, post-quantum", Remedy = null }
                : step;
        }
        catch (TimeoutException)
        {
            return step with
            {
                Outcome = Trouble.NoAnswer,
                Seen = $"no answer to a hello that offers only {Name}",
                Remedy = null,
                TookMs = clock.Since(started),
            };
        }
        catch (Exception exception) when (Trouble.IsExpected(exception))
        {
            // Closed or reset: that refuses, too.
            return step with { TookMs = clock.Since(started) };
        }
    }

    private static async Task<bool> IsAskedForKeyAsync(Stream stream, string host, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(CreateHello(host), cancellationToken);
        var answer = new byte[LongestAnswer];
        await stream.ReadExactlyAsync(answer.AsMemory(0, HeaderLength), cancellationToken);
        var length = BinaryPrimitives.ReadUInt16BigEndian(answer.AsSpan(3));
        if (answer[0] != Handshake || length > LongestAnswer - HeaderLength)
            return false;
        await stream.ReadExactlyAsync(answer.AsMemory(HeaderLength, length), cancellationToken);
        return answer.AsSpan(RandomAt).StartsWith(RetryRandom)
            && answer.AsSpan(RandomAt + RetryRandom.Length).IndexOf((ReadOnlySpan<byte>)[0, 51, 0, 2, Group >> 8, Group & 0xff]) >= 0;
    }

    private static byte[] CreateHello(string host)
    {
        var name = InternetAddress.TryParse(host, out _) ? [] : Encoding.ASCII.GetBytes(host);
        byte[] extensions =
        [
            .. name.Length == 0 ? [] : Vector(0, [.. UInt16(name.Length + 3), 0, .. UInt16(name.Length), .. name]), // server_name
            .. Vector(10, [0, 2, .. UInt16(Group)]), // supported_groups
            .. Vector(13, [0, 8, 4, 3, 8, 4, 8, 7, 4, 1]), // signature_algorithms: P-256, RSA-PSS, Ed25519, RSA
            .. Vector(43, [2, 3, 4]), // supported_versions: 1.3
            .. Vector(51, [0, 0]), // key_share: none
        ];
        byte[] body =
        [
            3, 3, .. RandomNumberGenerator.GetBytes(32), // legacy_version, random
            32, .. RandomNumberGenerator.GetBytes(32), // legacy_session_id
            0, 6, 19, 1, 19, 2, 19, 3, // cipher_suites: AES-128-GCM, AES-256-GCM, ChaCha20-Poly1305
            1, 0, // legacy_compression_methods
            .. UInt16(extensions.Length), .. extensions,
        ];
        return [Handshake, 3, 1, .. UInt16(4 + body.Length), 1, 0, .. UInt16(body.Length), .. body];
    }

    private static byte[] Vector(int extension, byte[] data) => [.. UInt16(extension), .. UInt16(data.Length), .. data];

    private static byte[] UInt16(int value) => [(byte)(value >> 8), (byte)value];
}

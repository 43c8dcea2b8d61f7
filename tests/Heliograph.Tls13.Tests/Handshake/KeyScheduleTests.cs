using System.Security.Cryptography;
using Heliograph.Tls13.Handshake;
using Heliograph.Tls13.Records;

namespace Heliograph.Tls13.Tests.Handshake;

/// <summary>The key schedule against the traces of RFC 8448 section 3 (a simple handshake, TLS_AES_128_GCM_SHA256).</summary>
public sealed class KeyScheduleTests
{
    private const string Shared = "8bd4054fb55b9d63fdfbacf9f04b9f0d35e6d63f537563efd46272900f89492d";
    private const string HelloHash = "860c06edc07858ee8e78f0e7428c58edd6b43f2ca3e6e95f02ed063cf0e1cad8";
    private const string ServerFinishedHash = "9608102a0f1ccc6db6250b7b7e417b1a000eaada3daae4777a7686c9ff83df13";
    private const string ClientFinishedHash = "209145a96ee8e2a122ff810047cc952684658d6049e86429426db87c54ad143d";

    private static readonly CipherSuite Suite = CipherSuite.Find(0x1301)!;

    [Theory]
    [InlineData("c hs traffic", HelloHash, "b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21")]
    [InlineData("s hs traffic", HelloHash, "b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38")]
    public void Derives_the_handshake_secrets_of_RFC_8448(string label, string transcript, string expected)
    {
        var schedule = new KeySchedule(Suite, new byte[CipherSuite.LongestHash]);
        schedule.EnterHandshake(Convert.FromHexString(Shared));

        Assert.Equal(expected, Derive(schedule, label, transcript));
    }

    [Theory]
    [InlineData("c ap traffic", ServerFinishedHash, "9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5")]
    [InlineData("s ap traffic", ServerFinishedHash, "a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643")]
    [InlineData("res master", ClientFinishedHash, "7df235f2031d2a051287d02b0241b0bfdaf86cc856231f2d5aba46c434ec196c")]
    public void Derives_the_secrets_behind_the_handshake_of_RFC_8448(string label, string transcript, string expected)
    {
        var schedule = new KeySchedule(Suite, new byte[CipherSuite.LongestHash]);
        schedule.EnterHandshake(Convert.FromHexString(Shared));
        schedule.EnterMain();

        Assert.Equal(expected, Derive(schedule, label, transcript));
    }

    [Fact]
    public void Derives_the_tickets_key_of_RFC_8448()
    {
        var key = new byte[Suite.HashLength];
        Suite.ExpandLabel(
            Convert.FromHexString("7df235f2031d2a051287d02b0241b0bfdaf86cc856231f2d5aba46c434ec196c"), "resumption"u8, [0, 0], key);

        Assert.Equal("4ecd0eb6ec3b4d87f5d6028f922ca4c5851a277fd41311c9e62d2c9492e1c4f3", Convert.ToHexStringLower(key));
    }

    /// <summary>OpenSSL's contexts, which are kept from one call to the next, against .NET's HMAC.</summary>
    [Fact]
    public void Macs_under_changing_keys_are_HMACs()
    {
        foreach (var length in new[] { 1, 20, 32, 48, 64, 65, 128, 200 })
        {
            var key = Enumerable.Repeat((byte)length, length).ToArray();
            var bytes = Enumerable.Range(0, length * 3).Select(static value => (byte)value).ToArray();
            var mac = new byte[SHA384.HashSizeInBytes];

            Hmac.Sha256.Compute(key, bytes, mac);
            Assert.Equal(HMACSHA256.HashData(key, bytes), mac[..SHA256.HashSizeInBytes]);
            Hmac.Sha384.Compute(key, bytes, mac);
            Assert.Equal(HMACSHA384.HashData(key, bytes), mac);
        }
    }

    private static string Derive(KeySchedule schedule, string label, string transcript)
    {
        var secret = new byte[Suite.HashLength];
        schedule.Derive(System.Text.Encoding.ASCII.GetBytes(label), Convert.FromHexString(transcript), secret);
        return Convert.ToHexStringLower(secret);
    }
}

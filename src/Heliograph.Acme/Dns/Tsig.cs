using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Heliograph.Platform.Resolving;

namespace Heliograph.Acme.Dns;

/// <summary>Signs a DNS message and checks the answer's signature (RFC 8945).</summary>
internal sealed class Tsig
{
    // RFC 8945 section 10 recommends five minutes.
    private const int Fudge = 300;

    private readonly string keyName;
    private readonly string algorithm;
    private readonly byte[] secret;

    private Tsig(string keyName, string algorithm, byte[] secret)
    {
        this.keyName = keyName;
        this.algorithm = algorithm;
        this.secret = secret;
    }

    public static bool TryCreate(Rfc2136Options options, [NotNullWhen(true)] out Tsig? tsig)
    {
        tsig = null;
        var name = options.KeyName.TrimEnd('.').ToLowerInvariant();
        var secret = new byte[options.KeySecret.Length];
        if (options.Algorithm is not ("hmac-sha256" or "hmac-sha512")
            || name.Length is 0 or > 250 || name.Split('.').Any(label => label.Length is 0 or > 63 || !label.All(char.IsAscii))
            || !Convert.TryFromBase64String(options.KeySecret, secret, out var length) || length == 0)
            return false;
        tsig = new Tsig(name, options.Algorithm, secret[..length]);
        return true;
    }

    /// <summary>The message with its TSIG record, and the MAC that the answer's MAC covers.</summary>
    public (byte[] Signed, byte[] Mac) Sign(byte[] message, DateTimeOffset now)
    {
        var time = now.ToUnixTimeSeconds();
        var mac = Hash([.. message, .. Variables(time, Fudge, 0, [])]);
        var record = new DnsWriter().Name(algorithm).Short((int)(time >> 32)).Int((uint)time).Short(Fudge)
            .Short(mac.Length).Raw(mac)
            .Raw(message.AsSpan(0, 2)).Short(0).Short(0);
        var signed = new DnsWriter().Raw(message).Name(keyName).Record(DnsTypes.Tsig, DnsTypes.Any, 0, record.ToArray()).ToArray();
        BinaryPrimitives.WriteUInt16BigEndian(signed.AsSpan(10), (ushort)(BinaryPrimitives.ReadUInt16BigEndian(message.AsSpan(10)) + 1));
        return (signed, mac);
    }

    /// <summary>
    /// The error in the answer's TSIG record (BADSIG 16, BADKEY 17, BADTIME 18); 0 when the signature is valid; -1 when it is not.
    /// </summary>
    public int Verify(byte[] answer, byte[] requestMac, DateTimeOffset now)
    {
        if (DnsAnswer.Parse(answer)?.Records is not [.., { Type: DnsTypes.Tsig } record] || record.Name != keyName + ".")
            return -1;
        var at = 0;
        var data = record.Data.AsSpan();
        if (!DnsAnswer.TryName(data, ref at, out var name) || name != algorithm + "." || data.Length < at + 10)
            return -1;
        var time = ((long)BinaryPrimitives.ReadUInt16BigEndian(data[at..]) << 32) | BinaryPrimitives.ReadUInt32BigEndian(data[(at + 2)..]);
        var fudge = BinaryPrimitives.ReadUInt16BigEndian(data[(at + 6)..]);
        var macLength = BinaryPrimitives.ReadUInt16BigEndian(data[(at + 8)..]);
        at += 10;
        if (data.Length < at + macLength + 6)
            return -1;
        var mac = data.Slice(at, macLength);
        at += macLength;
        var error = BinaryPrimitives.ReadUInt16BigEndian(data[(at + 2)..]);
        var other = data[(at + 6)..];
        // BADSIG and BADKEY are unsigned; their number is only for the error message.
        if (error is 16 or 17)
            return error;

        // The MAC covers the message as it was before the record was added, with the identifier of the request.
        var plain = answer.AsSpan(0, record.Start).ToArray();
        data.Slice(at, 2).CopyTo(plain);
        BinaryPrimitives.WriteUInt16BigEndian(plain.AsSpan(10), (ushort)(BinaryPrimitives.ReadUInt16BigEndian(plain.AsSpan(10)) - 1));
        var covered = new DnsWriter()
            .Short(requestMac.Length)
            .Raw(requestMac)
            .Raw(plain)
            .Raw(Variables(time, fudge, error, other))
            .ToArray();
        if (!CryptographicOperations.FixedTimeEquals(Hash(covered), mac))
            return -1;
        return error != 0 || Math.Abs(now.ToUnixTimeSeconds() - time) <= fudge ? error : -1;
    }

    private byte[] Variables(long time, int fudge, int error, ReadOnlySpan<byte> other) => new DnsWriter()
        .Name(keyName).Short(DnsTypes.Any).Int(0).Name(algorithm)
        .Short((int)(time >> 32)).Int((uint)time).Short(fudge).Short(error).Short(other.Length).Raw(other)
        .ToArray();

    private byte[] Hash(byte[] data) => algorithm == "hmac-sha512" ? HMACSHA512.HashData(secret, data) : HMACSHA256.HashData(secret, data);
}

using System.Security.Cryptography;

namespace Heliograph.Machine;

/// <summary>Checks whether OpenSSL 3 is installed, and whether it has a post-quantum key exchange.</summary>
internal static class OpenSslCheck
{
    public const string Name = "openssl";

    /// <summary>The first version with X25519MLKEM768, as the number that OpenSSL has for it.</summary>
    private const long FirstPostQuantum = 0x30500000;

    public static Finding Run()
    {
        try
        {
            ProcessSetup.RequireOpenSsl();
            return FromVersion(SafeEvpPKeyHandle.OpenSslVersion);
        }
        catch (StartException exception)
        {
            var (seen, remedy) = exception.Message.Split("; ", 2) is [var first, var rest] ? (first, rest) : (exception.Message, null);
            return new(Name, Severity.Failure, seen, remedy);
        }
    }

    /// <param name="version">0xMNN00PP0: major, minor and patch (OPENSSL_VERSION_NUMBER).</param>
    internal static Finding FromVersion(long version)
    {
        var name = $"OpenSSL {version >> 28}.{(version >> 20) & 0xff}";
        return version >= FirstPostQuantum
            ? new(Name, Severity.Ok, $"{name}, with post-quantum key exchange")
            : new(
                Name,
                Severity.Note,
                $"{name}, without post-quantum key exchange (X25519MLKEM768)",
                "Debian 13, Ubuntu 26.04 and the container have it. Since June 2026 there are reports from Russia that proxies without it "
                + "are blocked.");
    }
}

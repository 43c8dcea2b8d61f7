using System.Runtime.InteropServices;
using Heliograph.Tls13.Native;

namespace Heliograph.Tls13.Records;

/// <summary>
/// Intel's ipsec-mb, where this machine has it: AES-GCM at three to four times the speed of OpenSSL 3.0, which has no code for the
/// processor's wide AES instructions (docs/adr/0014-aes-gcm-by-ipsec-mb.md).
/// </summary>
internal sealed unsafe class IpsecMb
{
    /// <summary>There is no version 3 yet, so nobody knows what it will need.</summary>
    private static readonly string[] Names = ["libIPSec_MB.so.2", "libIPSec_MB.so.1"];

    private readonly Dictionary<(int KeyLength, bool Encrypts), GcmFunctions> functions;

    private IpsecMb(string version, Dictionary<(int, bool), GcmFunctions> functions)
    {
        Version = version;
        this.functions = functions;
    }

    /// <summary>As the library says it: "1.3.0".</summary>
    public string Version { get; }

    /// <summary>Null: this machine does not have it, or this processor cannot run it.</summary>
    public static IpsecMb? Load()
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64 || !Processor.HasWideAes(LibCrypto.ProcessorSettings()))
            return null;
        foreach (var name in Names)
        {
            if (NativeLibrary.TryLoad(name, out var library)
                && Bind(symbol => NativeLibrary.TryGetExport(library, symbol, out var address) ? address : 0) is { } bound)
            {
                return bound;
            }
        }
        return null;
    }

    /// <param name="export">Gives the address of the library's function of a name, or 0.</param>
    /// <returns>Null: a function that is needed is missing.</returns>
    public static IpsecMb? Bind(Func<string, nint> export)
    {
        var version = (delegate* unmanaged[Cdecl]<nint>)export("imb_get_version_str");
        var functions = new Dictionary<(int, bool), GcmFunctions>();
        foreach (var (keyLength, encrypts) in new[] { (16, true), (16, false), (32, true), (32, false) })
        {
            if (GcmFunctions.Find(export, keyLength * 8, encrypts) is not { } found)
                return null;
            functions[(keyLength, encrypts)] = found;
        }
        return version is null ? null : new(Marshal.PtrToStringUTF8(version()) ?? "", functions);
    }

    /// <summary>The functions that protect, or open, records of a suite; null: the library does not do that suite.</summary>
    public GcmFunctions? Find(CipherSuite suite, bool encrypts) => suite.IsAesGcm ? functions[(suite.KeyLength, encrypts)] : null;
}

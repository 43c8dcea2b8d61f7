using System.Runtime.InteropServices;

namespace Heliograph.Relay.OuterTls;

/// <summary>
/// Intel's ipsec-mb, where it is on this machine: AES-GCM at three to four times the speed of OpenSSL 3.0, which has no code for the processor's wide AES
/// instructions (docs/adr/0014-aes-gcm-by-ipsec-mb.md).
/// </summary>
internal sealed unsafe class IpsecMb
{
    /// <summary>Version 3 is yet to come; what it needs is not known.</summary>
    private static readonly string[] Names = ["libIPSec_MB.so.2", "libIPSec_MB.so.1"];

    private readonly Dictionary<(int KeyLength, bool Encrypts), GcmFunctions> functions;

    private IpsecMb(string version, Dictionary<(int, bool), GcmFunctions> functions)
    {
        Version = version;
        this.functions = functions;
    }

    /// <summary>In the library's words, "1.3.0".</summary>
    public string Version { get; }

    /// <summary>Null: it is not on this machine, or this processor cannot run it.</summary>
    public static IpsecMb? Load()
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64 || !Processor.HasWideAes(OpenSsl.ProcessorSettings()))
            return null;
        foreach (var name in Names)
        {
            if (NativeLibrary.TryLoad(name, out var library) && Take(symbol => NativeLibrary.TryGetExport(library, symbol, out var address) ? address : 0) is { } taken)
                return taken;
        }
        return null;
    }

    /// <param name="export">The address of a function, or 0.</param>
    /// <returns>Null: one of those that are needed is missing.</returns>
    public static IpsecMb? Take(Func<string, nint> export)
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

    /// <summary>What protects, or opens, records of that suite; null: not this library's.</summary>
    public GcmFunctions? Find(CipherSuite suite, bool encrypts) => suite.IsAesGcm ? functions[(suite.KeyLength, encrypts)] : null;
}

using System.Runtime.InteropServices;

namespace Heliograph.Tls13.Native;

/// <summary>OSSL_PARAM (openssl/core.h); one of zeros ends a list.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct OsslParameter
{
    public const uint Utf8String = 4;

    public byte* Key;
    public uint Type;
    public void* Data;
    public nint Length;
    public nint ReturnedLength;
}

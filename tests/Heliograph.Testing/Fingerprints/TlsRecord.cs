using System.Runtime.InteropServices;

namespace Heliograph.Testing.Fingerprints;

/// <summary>What an observer sees of a record: its content type and the length of its fragment.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct TlsRecord(byte Type, int Length)
{
    public override string ToString() => $"{Type}:{Length}";
}

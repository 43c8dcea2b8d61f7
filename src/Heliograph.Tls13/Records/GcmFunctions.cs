namespace Heliograph.Tls13.Records;

/// <summary>ipsec-mb's functions for AES-GCM with one key length in one direction (its lib/include/gcm.h). They cannot fail.</summary>
internal sealed unsafe class GcmFunctions
{
    private readonly nint expand, begin, update, finish;

    private GcmFunctions(nint expand, nint begin, nint update, nint finish)
    {
        this.expand = expand;
        this.begin = begin;
        this.update = update;
        this.finish = finish;
    }

    /// <summary>(key, key data)</summary>
    public delegate* unmanaged[Cdecl, SuppressGCTransition]<byte*, byte*, void> Expand =>
        (delegate* unmanaged[Cdecl, SuppressGCTransition]<byte*, byte*, void>)expand;

    /// <summary>(key data, context, nonce of 12 bytes, additional data, its length)</summary>
    public delegate* unmanaged[Cdecl, SuppressGCTransition]<byte*, byte*, byte*, byte*, ulong, void> Begin =>
        (delegate* unmanaged[Cdecl, SuppressGCTransition]<byte*, byte*, byte*, byte*, ulong, void>)begin;

    /// <summary>(key data, context, out, in, length)</summary>
    public delegate* unmanaged[Cdecl]<byte*, byte*, byte*, byte*, ulong, void> Update =>
        (delegate* unmanaged[Cdecl]<byte*, byte*, byte*, byte*, ulong, void>)update;

    /// <summary>The same for a handful of bytes: the thread does not leave the runtime.</summary>
    public delegate* unmanaged[Cdecl, SuppressGCTransition]<byte*, byte*, byte*, byte*, ulong, void> UpdateShort =>
        (delegate* unmanaged[Cdecl, SuppressGCTransition]<byte*, byte*, byte*, byte*, ulong, void>)update;

    /// <summary>(key data, context, tag, its length)</summary>
    public delegate* unmanaged[Cdecl, SuppressGCTransition]<byte*, byte*, byte*, ulong, void> Finish =>
        (delegate* unmanaged[Cdecl, SuppressGCTransition]<byte*, byte*, byte*, ulong, void>)finish;

    /// <param name="export">Gives the address of the library's function of a name, or 0.</param>
    /// <param name="bits">The key's length.</param>
    /// <param name="encrypts">The direction.</param>
    /// <returns>Null: a function is missing.</returns>
    public static GcmFunctions? Find(Func<string, nint> export, int bits, bool encrypts)
    {
        var direction = encrypts ? "enc" : "dec";
        var (expand, begin) = (Address($"pre_{bits}"), Address($"init_{bits}"));
        var (update, finish) = (Address($"{direction}_{bits}_update"), Address($"{direction}_{bits}_finalize"));
        return expand == 0 || begin == 0 || update == 0 || finish == 0 ? null : new(expand, begin, update, finish);

        nint Address(string name) => export($"aes_gcm_{name}_vaes_avx512");
    }
}

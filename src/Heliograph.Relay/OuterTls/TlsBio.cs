using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using Heliograph.Relay.Loop;

namespace Heliograph.Relay.OuterTls;

/// <summary>
/// The BIO of a loop: OpenSSL reads what <see cref="Feed"/> was given and writes into one buffer, so that several records arrive in one <c>recv</c>
/// and leave in one <c>send</c>. One for all connections of a loop: each call into OpenSSL is fed before and emptied after, on the loop's thread,
/// so that nothing of a connection ever stays in it.
/// </summary>
internal sealed unsafe class TlsBio : IDisposable
{
    /// <summary>
    /// Room for what one call may produce: the records of <see cref="EventLoop.ReceiveSize"/> bytes and two more, or a server's flight with the
    /// longest chain that is accepted.
    /// </summary>
    public const int WrittenSize = (EventLoop.ReceiveSize / LargestRecord + 2) * (LargestRecord + 512);

    private const int LargestRecord = 16 * 1024;

    private const int SourceSinkType = 0x0400; // BIO_TYPE_SOURCE_SINK
    private const int ShouldRetry = 0x08, RetryRead = 0x01, RetryFlags = 0x0f;
    private const int CtrlEof = 2, CtrlFlush = 11;

    private static readonly nint Method = CreateMethod();

    private readonly State* state;
    private readonly nint bio;
    private bool disposed;

    public TlsBio()
    {
        state = (State*)NativeMemory.AllocZeroed((nuint)sizeof(State));
        state->Written = (byte*)NativeMemory.Alloc(WrittenSize);
        bio = LibSsl.BIO_new(Method);
        LibSsl.BIO_set_data(bio, state);
        LibSsl.BIO_set_init(bio, 1);
    }

    /// <summary>What OpenSSL has not read yet.</summary>
    public ReadOnlySpan<byte> Unread => new(state->Input, state->InputLength);

    /// <summary>What OpenSSL has written since <see cref="ClearWritten"/>.</summary>
    public ReadOnlySpan<byte> Written => new(state->Written, state->WrittenLength);

    /// <summary>Makes this the BIO of an SSL, for both directions.</summary>
    public void AttachTo(nint ssl)
    {
        _ = LibSsl.BIO_up_ref(bio);
        LibSsl.SSL_set_bio(ssl, bio, bio);
    }

    /// <summary>The bytes that OpenSSL reads next. They are not copied: they stay where they are until <see cref="EndFeed"/>.</summary>
    /// <param name="bytes">Start of native or pinned memory.</param>
    /// <param name="length">How many.</param>
    /// <param name="ended">After these the peer sends no more.</param>
    public void Feed(byte* bytes, int length, bool ended)
    {
        state->Input = bytes;
        state->InputLength = length;
        state->Ended = ended ? 1 : 0;
    }

    public void EndFeed() => Feed(null, 0, ended: false);

    public void ClearWritten() => state->WrittenLength = 0;

    public void Dispose()
    {
        if (disposed)
            return;
        disposed = true;
        _ = LibSsl.BIO_free(bio);
        NativeMemory.Free(state->Written);
        NativeMemory.Free(state);
    }

    private static nint CreateMethod()
    {
        // A null name makes BIO_meth_new fail.
        var method = nint.Zero;
        fixed (byte* text = "heliograph\0"u8)
            method = LibSsl.BIO_meth_new(LibSsl.BIO_get_new_index() | SourceSinkType, text);
        _ = LibSsl.BIO_meth_set_read(method, &Read);
        _ = LibSsl.BIO_meth_set_write(method, &Write);
        _ = LibSsl.BIO_meth_set_ctrl(method, &Ctrl);
        return method;
    }

    // None of the three callbacks can throw: they touch native memory of known sizes only.

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Read(nint bio, byte* buffer, int length)
    {
        var state = (State*)LibSsl.BIO_get_data(bio);
        LibSsl.BIO_clear_flags(bio, RetryFlags);
        if (state->InputLength == 0)
        {
            if (state->Ended != 0)
                return 0;
            LibSsl.BIO_set_flags(bio, ShouldRetry | RetryRead);
            return -1;
        }
        var count = length < state->InputLength ? length : state->InputLength;
        Unsafe.CopyBlockUnaligned(buffer, state->Input, (uint)count);
        state->Input += count;
        state->InputLength -= count;
        return count;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Write(nint bio, byte* bytes, int length)
    {
        var state = (State*)LibSsl.BIO_get_data(bio);
        LibSsl.BIO_clear_flags(bio, RetryFlags);
        // No ordinary flight is larger than the bound: the connection fails.
        if (length > WrittenSize - state->WrittenLength)
            return -1;
        Unsafe.CopyBlockUnaligned(state->Written + state->WrittenLength, bytes, (uint)length);
        state->WrittenLength += length;
        return length;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint Ctrl(nint bio, int command, nint number, nint pointer) => command switch
    {
        CtrlFlush => 1,
        CtrlEof => ((State*)LibSsl.BIO_get_data(bio))->Ended,
        _ => 0,
    };

    [StructLayout(LayoutKind.Sequential)]
    private struct State
    {
        public byte* Input;
        public byte* Written;
        public int InputLength;
        public int WrittenLength;
        public int Ended;
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Heliograph.Relay.OuterTls;

/// <summary>
/// Both directions' application_traffic_secret_0 of one handshake, as OpenSSL writes them to its key log. They go from here into the connection's
/// keys (<see cref="Heliograph.Tls13.Session.SessionKeys"/>) and nowhere else.
/// </summary>
internal sealed unsafe class TrafficSecrets : IDisposable
{
    private const int Longest = 48;

    private State* state;

    /// <summary>Attaches to an SSL, whose context has <see cref="KeyLog"/> as its callback.</summary>
    public TrafficSecrets(nint ssl)
    {
        state = (State*)NativeMemory.AllocZeroed((nuint)sizeof(State));
        _ = LibSsl.SSL_set_ex_data(ssl, 0, state);
    }

    /// <summary>The callback for SSL_CTX_set_keylog_callback.</summary>
    public static delegate* unmanaged[Cdecl]<nint, byte*, void> KeyLog => &ReadLine;

    /// <summary>Empty unless there was a TLS 1.3 handshake.</summary>
    public ReadOnlySpan<byte> Client => new(state->Client, state->ClientLength);

    /// <summary>Empty unless there was a TLS 1.3 handshake.</summary>
    public ReadOnlySpan<byte> Server => new(state->Server, state->ServerLength);

    public void Dispose()
    {
        if (state is null)
            return;
        CryptographicOperations.ZeroMemory(new Span<byte>(state, sizeof(State)));
        NativeMemory.Free(state);
        state = null;
    }

    /// <summary>Reads one line of the key log: a label, the client's random and the secret, in hexadecimal digits.</summary>
    /// <remarks>Cannot throw: it touches native memory of known sizes only.</remarks>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void ReadLine(nint ssl, byte* line)
    {
        var state = (State*)LibSsl.SSL_get_ex_data(ssl, 0);
        if (state is null)
            return;
        var text = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(line);
        if (text.StartsWith("CLIENT_TRAFFIC_SECRET_0 "u8))
            state->ClientLength = ReadSecret(text, state->Client);
        else if (text.StartsWith("SERVER_TRAFFIC_SECRET_0 "u8))
            state->ServerLength = ReadSecret(text, state->Server);
    }

    private static int ReadSecret(ReadOnlySpan<byte> line, byte* secret)
    {
        var digits = line[(line.LastIndexOf((byte)' ') + 1)..];
        var read = Convert.FromHexString(digits, new Span<byte>(secret, Longest), out _, out var length);
        return read == System.Buffers.OperationStatus.Done ? length : 0;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct State
    {
        public fixed byte Client[Longest];
        public fixed byte Server[Longest];
        public int ClientLength;
        public int ServerLength;
    }
}

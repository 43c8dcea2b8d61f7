using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Heliograph.Compare.Load;

namespace Heliograph.Compare.Timing;

/// <summary>A visit as a prober makes it: one handshake and one request, each timed to the first byte of its answer.</summary>
internal static class Visit
{
    /// <summary>
    /// Only the server's tickets come in this time: afterwards both sides are at rest, and what is timed is the answer and nothing before.
    /// </summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(2);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(BlockingSocket.TimeoutSeconds);

    /// <returns>Microseconds from the hello to the ServerHello, from the request to the answer; and the answer.</returns>
    public static (double Handshake, double Request, byte[] Answer) Make(OuterTls tls, IPEndPoint server, ReadOnlySpan<byte> request)
    {
        using var socket = BlockingSocket.New();
        var ssl = tls.NewConnection();
        try
        {
            socket.Connect(server);
            socket.Blocking = false;
            OpenSsl.ERR_clear_error();
            if (OpenSsl.SSL_set_fd(ssl, (int)socket.Handle) != 1)
                throw new CompareException($"a visit could not begin: {OpenSsl.Reason()}");
            // Sends the hello. If this thread had to wait meanwhile, the answer has come already.
            var isDone = OpenSsl.SSL_connect(ssl) == 1;
            var handshake = Await(socket);
            while (!isDone && OpenSsl.SSL_connect(ssl) != 1)
                _ = Await(socket);
            var buffer = new byte[64 * 1024];
            while (socket.Poll(Rest, SelectMode.SelectRead))
                _ = Read(ssl, buffer);
            var written = Stopwatch.GetTimestamp();
            Write(ssl, request);
            while (true)
            {
                _ = Await(socket);
                var answered = Stopwatch.GetElapsedTime(written).TotalMicroseconds;
                if (Read(ssl, buffer) is var count and > 0)
                    return (handshake, answered, buffer[..count]);
            }
        }
        finally
        {
            _ = OpenSsl.SSL_shutdown(ssl);
            OpenSsl.SSL_free(ssl);
        }
    }

    /// <summary>The status line of an answer.</summary>
    public static string StatusOf(byte[] answer) => Encoding.Latin1.GetString(answer).Split('\r')[0];

    private static double Await(Socket socket)
    {
        var sent = Stopwatch.GetTimestamp();
        if (!socket.Poll(Patience, SelectMode.SelectRead))
            throw new CompareException("a server did not answer a visit");
        return Stopwatch.GetElapsedTime(sent).TotalMicroseconds;
    }

    private static unsafe void Write(nint ssl, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* first = bytes)
        {
            if (OpenSsl.SSL_write(ssl, first, bytes.Length) != bytes.Length)
                throw new CompareException($"a request could not be sent: {OpenSsl.Reason()}");
        }
    }

    /// <returns>Not positive: only part of a record, or a ticket, has come.</returns>
    private static unsafe int Read(nint ssl, byte[] buffer)
    {
        OpenSsl.ERR_clear_error();
        fixed (byte* first = buffer)
            return OpenSsl.SSL_read(ssl, first, buffer.Length);
    }
}

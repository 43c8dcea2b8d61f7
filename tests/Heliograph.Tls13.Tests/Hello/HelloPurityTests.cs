using Heliograph.Testing;
using Heliograph.Tls13.Hello;

namespace Heliograph.Tls13.Tests.Hello;

/// <summary>Invariant: the hello reader does no I/O and knows no other part of TLS. Found by following its compiled code.</summary>
public sealed class HelloPurityTests
{
    private static readonly HashSet<string> Allowed = new(StringComparer.Ordinal)
    {
        "System", "System.Buffers", "System.Buffers.Binary", "System.Collections.Generic", "System.Runtime.CompilerServices", "System.Text",
        "Heliograph.Tls13.Hello",
    };

    [Fact]
    [Trait("Needs", "uninstrumented")]
    public void The_hello_reader_reaches_nothing_but_memory_and_text()
    {
        var reached = ReachedTypes.From(typeof(ClientHelloReader));

        Assert.Contains(typeof(HandshakeRecord), reached);
        Assert.Contains(typeof(HostName), reached);
        Assert.All(reached, type => Assert.Contains(type.Namespace!, Allowed));
    }

    [Fact]
    public void The_check_sees_a_file_and_a_socket()
    {
        var reached = ReachedTypes.From(typeof(Impure));

        Assert.Contains(typeof(File), reached);
        Assert.Contains(typeof(System.Net.Sockets.Socket), reached);
    }

    private static class Impure
    {
        public static bool Exists(string path) => File.Exists(path);

        public static bool IsConnected(object socket) => ((System.Net.Sockets.Socket)socket).Connected;
    }
}

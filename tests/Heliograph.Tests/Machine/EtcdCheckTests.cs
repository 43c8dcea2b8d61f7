using Heliograph.Machine;
using Heliograph.Testing;

namespace Heliograph.Tests.Machine;

/// <summary>Which program at etcd's port, on all addresses, counts as etcd.</summary>
public sealed class EtcdCheckTests : IDisposable
{
    private readonly TempDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Theory]
    [InlineData("etcd", true)]
    // It publishes the port of a container, which may be etcd's.
    [InlineData("docker-proxy", true)]
    [InlineData("rootlessport", true)]
    // Its name cannot be read, or it is another user's.
    [InlineData(null, true)]
    [InlineData("", true)]
    [InlineData("nginx", false)]
    public void Whoever_may_be_etcd_counts(string? holder, bool isFound)
    {
        Directory.CreateDirectory(directory["net"]);
        Directory.CreateDirectory(directory["812/fd"]);
        directory.Write("net/tcp", """
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
               0: 00000000:094B 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0 100 0 0 10 0

            """);
        if (holder is not null)
            File.CreateSymbolicLink(directory["812/fd/3"], "socket:[4711]");
        if (holder is { Length: > 0 })
            directory.Write("812/comm", holder + "\n");
        Assert.Equal(isFound ? "etcd listens at 0.0.0.0:2379" : null, EtcdCheck.Find(directory.Path)?.Seen);
    }
}

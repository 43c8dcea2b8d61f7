using Heliograph.Testing;

namespace Heliograph.Packaging.Tests.Machines;

/// <summary>A client of Signal's. The stand-in returns every byte.</summary>
internal sealed class RelayedClient : IAsyncDisposable
{
    private const int Length = 10_000;

    private readonly TlsInTlsClient client;
    private int seed;

    private RelayedClient(TlsInTlsClient client) => this.client = client;

    public static async Task<RelayedClient> ConnectAsync(TlsInTlsOptions options)
    {
        var hello = await InnerHello.ForAsync(options.InnerName);
        var client = await TlsInTlsClient.ConnectOuterAsync(options, Tool.Token);
        try
        {
            await client.Outer.WriteAsync(hello, Tool.Token);
            var echo = new byte[hello.Length];
            await client.Outer.ReadExactlyAsync(echo, Tool.Token);
            Assert.Equal(hello, echo);
            return new(client);
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }

    /// <summary>The connection is as good as ever: new bytes go to Signal, and the same come back.</summary>
    public async Task ExchangeAsync()
    {
        seed++;
        var sending = TestData.WriteAsync(client.Outer, seed, Length, Tool.Token);
        var received = await TestData.ReadHashAsync(client.Outer, Length, Tool.Token);
        await sending;
        Assert.Equal(TestData.Hash(seed, Length), received);
    }

    public ValueTask DisposeAsync() => client.DisposeAsync();
}

using Heliograph.Relay.Diagnostics;
using Heliograph.Testing.Certificates;

namespace Heliograph.Relay.Tests.Server;

[Collection(nameof(Alone))]
public sealed class RefusalMemoryTests : IDisposable
{
    private readonly TestAuthority authority = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => authority.Dispose();

    [Fact]
    public async Task Refusals_without_end_leave_nothing_behind()
    {
        await using var relay = TestRelay.Start(
            authority.Issue(TestKey.Ecdsa, "proxy.example"), maxConnections: 20, limits: new() { ConnectionsPerSource = 1 });
        using var held = await relay.ConnectAsync();
        await relay.HasAsync(1);
        await RefusedAsync(200);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        await RefusedAsync(2_000);
        await relay.HasAsync(1);

        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 500_000);
        Assert.Equal(1, relay.Server.Admission.Sources.Count);
        await relay.HasCountedAsync(2_200, ConnectionOutcome.RefusedSource);
        held.Dispose();
        await relay.HasAsync(0);
        Assert.Equal(0, relay.Server.Admission.Sources.Count);

        async Task RefusedAsync(int count)
        {
            for (var i = 0; i < count; i++)
            {
                using var refused = await relay.ConnectAsync();
                Assert.Equal(0, await refused.ReceiveAsync(new byte[1], Stop));
            }
        }
    }
}

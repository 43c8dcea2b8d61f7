using Heliograph.Testing;

namespace Heliograph.EndToEnd.Tests.Relay;

/// <summary>Sends bytes from a seed through an echo and checks every one that comes back.</summary>
internal static class Echo
{
    public static async Task RoundTripAsync(Stream stream, int seed, long length)
    {
        var sending = TestData.WriteAsync(stream, seed, length, Bound.Token);
        var received = await TestData.ReadHashAsync(stream, length, Bound.Token);
        await sending;
        Assert.Equal(TestData.Hash(seed, length), received);
    }
}

using System.Text;

namespace Heliograph.Demo;

/// <summary>A message on its way to one of Signal's hosts and back, as each party saw it.</summary>
internal sealed record Exchange(string Host, byte[] Message, byte[] Answer, WireCapture Wire, SignalView Signal)
{
    /// <summary>What must not be readable along the way: the message, or the first line of a long one.</summary>
    public byte[] Telltale => Message[..(Message.AsSpan().IndexOf((byte)'\n') is >= 0 and var end ? end : Message.Length)];

    public byte[] HostBytes => Encoding.ASCII.GetBytes(Host);

    /// <summary>Sends a message through the proxy.</summary>
    public static async Task<Exchange> RunAsync(DemoStage stage, string host, byte[] message, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var wire = stage.Wire.CarryAsync(stop.Token);
        var signal = stage.Signal.ServeAsync(stop.Token);
        try
        {
            await using var client = await DemoClient.ConnectAsync(
                stage.Wire.Endpoint, stage.TrustInProxy(), stage.TrustInSignal(host), stop.Token);
            var answer = await client.AskAsync(message, stop.Token);
            await client.CloseAsync(stop.Token);
            return new Exchange(host, message, answer, await wire, await signal);
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(wire, (Task)signal).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}

using System.Net;

namespace Heliograph.Control;

/// <summary>
/// The command that says where the server listens. Nobody else can say that these are the server's own ports: it is not dumpable, so /proc
/// shows its descriptors to root only.
/// </summary>
internal static class ListeningCommand
{
    public const string Name = "listening";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <param name="endpoints">All that the server listens on.</param>
    public static KeyValuePair<string, ControlCommand> Create(Func<IEnumerable<IPEndPoint>> endpoints) =>
        new(
            Name,
            (_, _) => Task.FromResult(
                new ControlResponse { Ok = true, Listening = [.. endpoints().Select(static endpoint => endpoint.ToString())] }));

    /// <summary>Asks the running server.</summary>
    /// <returns>Empty: none is running; null: it cannot be asked, or is of a version that does not answer this.</returns>
    public static async Task<IReadOnlyList<IPEndPoint>?> AskAsync(
        string stateDirectory, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await ControlClient.AskAsync(
                stateDirectory, new ControlRequest { Command = Name }, Patience, timeProvider, cancellationToken);
            return answer is null ? [] : answer.Listening?.Select(IPEndPoint.Parse).ToList();
        }
        catch (StartException)
        {
            return null;
        }
    }
}

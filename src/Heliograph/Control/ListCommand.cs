using Heliograph.Platform;
using Heliograph.Relay.Routing;

namespace Heliograph.Control;

/// <summary>The command that has the running server read the list of hosts again.</summary>
internal static class ListCommand
{
    public const string Name = "routes-reload";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <param name="reload">Reads the list and routes by it from now on.</param>
    public static KeyValuePair<string, ControlCommand> Create(Func<HostList> reload) => new(Name, (_, _) => Task.FromResult(Run(reload)));

    /// <summary>Asks the running server, and says what came of it.</summary>
    /// <exception cref="StartException">It is running, and does not do it.</exception>
    public static async Task<string> AskAsync(string stateDirectory, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        var answer = await ControlClient.AskAsync(
            stateDirectory, new ControlRequest { Command = Name }, Patience, timeProvider, cancellationToken);
        return answer switch
        {
            null => "No server is running here; it uses the list from its next start on.",
            { Ok: true } => answer.Message ?? "The running server uses it.",
            _ => throw new StartException($"the list is stored, but the running server does not use it yet: {answer.Message}"),
        };
    }

    private static ControlResponse Run(Func<HostList> reload)
    {
        try
        {
            return ControlResponse.Done($"The running server uses list {reload().Version} from now on.");
        }
        catch (StorageException exception)
        {
            return ControlResponse.Failed(exception.Message);
        }
    }
}

using Heliograph.Configuration;
using Heliograph.Platform;
using Heliograph.Relay.Routing;
using Microsoft.Extensions.Logging;

namespace Heliograph.HostLists;

/// <summary>The stored list of hosts, or the program's own, and the routes of it.</summary>
internal sealed class HostListInUse(string stateDirectory, TimeProvider timeProvider, ILogger logger)
{
    private readonly ListStore store = new(stateDirectory, timeProvider, logger);

    /// <exception cref="StorageException">It cannot be read.</exception>
    public HostList Read() => store.Read();

    /// <summary>A list that cannot be read keeps no server from its work.</summary>
    public HostList ReadOrBuiltIn()
    {
        try
        {
            return Read();
        }
        catch (StorageException exception)
        {
            HostLog.ListUnreadable(logger, HostList.BuiltIn.Version, exception.Message);
            return HostList.BuiltIn;
        }
    }

    public static RouteTable CreateRoutes(Settings settings, HostList list) =>
        RouteTable.Create(settings.Routes.Sets, settings.Routes.Hosts, settings.OpenZones, list);
}

using Heliograph.Relay.Diagnostics;
using Heliograph.Relay.Loop;

namespace Heliograph.Relay;

/// <summary>Gives each accepted connection to the loop with the fewest, where it stays for life.</summary>
/// <param name="relay">What all connections share.</param>
/// <param name="loops">All loops; the first one accepts.</param>
/// <param name="open">Counts the connections.</param>
internal sealed class ConnectionPlacement(RelayContext relay, IReadOnlyList<RelayLoop> loops, OpenConnections open)
{
    /// <summary>Places a connection, or refuses it by closing it; on the accepting loop.</summary>
    /// <param name="descriptor">The connection's socket; owned from here on.</param>
    /// <returns>Whether there is a descriptor for the next one, too.</returns>
    public bool Accept(int descriptor)
    {
        var isLast = DescriptorReserve.IsTouchedByAccepting(descriptor);
        if (isLast || relay.Admission.IsFull(open.Count))
        {
            _ = Libc.close(descriptor);
            relay.Counters.CountAccepted(0);
            loops[0].Counters.Count(ConnectionOutcome.Refused);
            return !isLast;
        }
        open.Add();
        var loop = loops.MinBy(static loop => loop.Load)!;
        loop.Reserve();
        if (loop == loops[0])
            Serve(loop, descriptor);
        else
            loop.Events.Post(() => Serve(loop, descriptor));
        return true;
    }

    private void Serve(RelayLoop loop, int descriptor)
    {
        Libc.SetOption(descriptor, Libc.ProtocolTcp, Libc.TcpNoDelay, 1);
        LoopSocket socket;
        try
        {
            socket = LoopSocket.Adopt(loop.Events, descriptor);
        }
        catch (IOException exception)
        {
            relay.Logger.Defect(exception.Message);
            loop.Release();
            return;
        }
        var connection = new RelayConnection(relay, loop, socket);
        loop.Add(connection);
        _ = connection.RunAsync();
    }
}

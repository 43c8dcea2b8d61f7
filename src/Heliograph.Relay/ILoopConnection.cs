using Heliograph.Relay.Access;

namespace Heliograph.Relay;

/// <summary>What a loop knows of the connections that live on it.</summary>
internal interface ILoopConnection
{
    /// <summary>Whether it is a Signal client's, connected with its host.</summary>
    bool IsRelaying { get; }

    /// <summary>Whether it came under an outer name that leads to Signal's hosts no more.</summary>
    bool LostAccess(AccessTable names);

    /// <summary>Ends the connection at the next opportunity.</summary>
    void Cancel();
}

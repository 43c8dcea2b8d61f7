namespace Heliograph.Fleet.Documents;

/// <summary>What the machines share about one set of names, or about the account: bytes that this library does not look into.</summary>
/// <param name="Name">The set of names.</param>
/// <param name="Generation">Counts up with each change. A machine never goes back to a lower one.</param>
/// <param name="Payload">Its content.</param>
public sealed record FleetDocument(string Name, long Generation, ReadOnlyMemory<byte> Payload);

/// <summary>What became of a document that was to be saved.</summary>
public enum SaveOutcome
{
    /// <summary>It is in the store, and here.</summary>
    Saved,

    /// <summary>Another machine has written since; what it wrote is here now.</summary>
    Conflict,

    /// <summary>Its generation is not above that of the one that is here.</summary>
    NotNewer,

    /// <summary>The lock that guards it belongs to another machine, or to nobody.</summary>
    LockLost,
}

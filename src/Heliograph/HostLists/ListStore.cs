using System.Text.Json.Serialization;
using Heliograph.Platform;
using Heliograph.Relay.Routing;
using Microsoft.Extensions.Logging;

namespace Heliograph.HostLists;

/// <summary>
/// <c>hosts.json</c> in the state directory: the list that was chosen instead of the program's own, and the one before. Whoever may write
/// there also holds the certificate's key, so signatures are checked once, before a list is stored. A damaged file is set aside, with a
/// line in the log.
/// </summary>
internal sealed partial class ListStore
{
    public const string Name = "hosts.json";

    private const int Version = 1;

    private readonly PrivateDirectory directory;

    public ListStore(string stateDirectory, TimeProvider timeProvider, ILogger logger) =>
        directory = new PrivateDirectory(stateDirectory, timeProvider, logger);

    /// <summary>
    /// The list in use: what was chosen, as long as the program has the list that it had then. After an upgrade, the newer one of the two.
    /// </summary>
    /// <exception cref="StorageException">The file cannot be read.</exception>
    public HostList Read() => InUse(ReadStored());

    /// <summary>From now on a list is in use, and the one until now is the one before.</summary>
    /// <param name="bytes">The list as it was signed.</param>
    /// <exception cref="StorageException">The file cannot be written; nothing has changed.</exception>
    public void Install(byte[] bytes)
    {
        var stored = ReadStored();
        // The program's own list needs no copy.
        Write(new() { List = bytes, Previous = InUse(stored) == HostList.BuiltIn ? null : stored?.List });
    }

    /// <summary>The list before the one in use; null: none is known.</summary>
    /// <exception cref="StorageException">The file cannot be read.</exception>
    public HostList? ReadPrevious() => ReadStored() is { } stored ? Parse(stored.Previous) : null;

    /// <summary>Exchanges the list in use for the one before.</summary>
    /// <exception cref="StorageException">The file cannot be written; nothing has changed.</exception>
    public void Undo()
    {
        if (ReadStored() is { } stored)
            Write(new() { List = stored.Previous, Previous = stored.List });
    }

    private static HostList InUse(Stored? stored)
    {
        var chosen = Parse(stored?.List);
        return stored?.BuiltIn == HostList.BuiltIn.Version || chosen.Version > HostList.BuiltIn.Version ? chosen : HostList.BuiltIn;
    }

    /// <param name="bytes">Null: the program's own.</param>
    private static HostList Parse(byte[]? bytes) => bytes is null ? HostList.BuiltIn : HostListReader.Read(bytes, out _)!;

    private Stored? ReadStored() => directory.Read(Name, StoreJson.Default.Stored, Damage);

    private void Write(Stored stored)
    {
        directory.Write(Name, stored with { BuiltIn = HostList.BuiltIn.Version, Version = Version }, StoreJson.Default.Stored);
        // Root may have run the command, and the server has to read the file.
        if (Environment.IsPrivilegedProcess && FileOwner.OfPath(directory.Path) is { } owner)
            owner.TryGive(Path.Combine(directory.Path, Name));
    }

    private static string? Damage(Stored stored)
    {
        if (stored.Version != Version)
            return $"its version is {stored.Version}, but this program supports version {Version}";
        foreach (var bytes in new[] { stored.List, stored.Previous })
        {
            if (bytes is not null && HostListReader.Read(bytes, out var problem) is null)
                return $"a list in it is of no use: {problem}";
        }
        return null;
    }

    private sealed record Stored
    {
        public int Version { get; init; }

        /// <summary>The version of the program's own list when the choice was made.</summary>
        public long BuiltIn { get; init; }

        /// <summary>Null: the program's own.</summary>
        public byte[]? List { get; init; }

        /// <summary>Null: the program's own.</summary>
        public byte[]? Previous { get; init; }
    }

    // The generated code would write an array that is null as an empty one.
    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
    [JsonSerializable(typeof(Stored))]
    private sealed partial class StoreJson : JsonSerializerContext;
}

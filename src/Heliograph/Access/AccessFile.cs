using Heliograph.Platform;
using Microsoft.Extensions.Logging;

namespace Heliograph.Access;

/// <summary><c>access.json</c> in the state directory: the groups and their names. It is replaced whole or not at all.</summary>
internal sealed class AccessFile
{
    public const string Name = "access.json";

    /// <summary>The groups that a machine had before it joined a fleet.</summary>
    public const string BeforeFleetName = "access-before-fleet.json";

    private readonly PrivateDirectory directory;
    private readonly string name;

    public AccessFile(PrivateDirectory directory, string name = Name)
    {
        this.directory = directory;
        this.name = name;
    }

    public AccessFile(string stateDirectory, TimeProvider timeProvider, ILogger logger)
        : this(new PrivateDirectory(stateDirectory, timeProvider, logger))
    {
    }

    public string Path => System.IO.Path.Combine(directory.Path, name);

    /// <summary>Empty if the file is missing or damaged.</summary>
    /// <exception cref="StorageException">It cannot be read.</exception>
    public AccessBook Read() =>
        directory.Read(name, AccessJson.Default.KeptGroups, static content => content.FindDamage())?.ToBook() ?? AccessBook.Empty;

    /// <exception cref="StorageException">It cannot be written; the previous file is intact.</exception>
    public void Write(AccessBook book) => directory.Write(name, KeptGroups.FromBook(book), AccessJson.Default.KeptGroups);
}

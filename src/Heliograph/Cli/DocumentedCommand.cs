using System.CommandLine;

namespace Heliograph.Cli;

/// <summary>A command whose help ends with examples.</summary>
internal class DocumentedCommand(string name, string description, string more) : Command(name, description)
{
    /// <summary>Shown below the options.</summary>
    public string More { get; } = more;
}

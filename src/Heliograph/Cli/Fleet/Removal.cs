namespace Heliograph.Cli.Fleet;

/// <summary>What became of the others when a machine was shut out.</summary>
/// <param name="Late">The machines that were up, and do not use the new key yet: they take it when they can.</param>
/// <param name="Marked">The documents of certificates and accounts that are to be replaced.</param>
/// <param name="Served">The serial numbers of the certificates that the others served before.</param>
internal sealed record Removal(IReadOnlyList<string> Late, IReadOnlyList<string> Marked, IReadOnlyList<string> Served);

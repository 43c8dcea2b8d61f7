namespace Heliograph.Relay.Tests;

/// <summary>For tests that look at the memory of the whole process: nobody else is at work meanwhile.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public static class Alone;

namespace Heliograph.Relay.Tests;

/// <summary>For tests that measure the memory of the whole process: no other test runs at the same time.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public static class Alone;

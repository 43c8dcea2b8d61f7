namespace Heliograph.Testing;

/// <summary>Limits for every wait in the tests.</summary>
public static class Bound
{
    /// <summary>
    /// Milliseconds for a test of a few connections: what a machine with forty busy processes on two cores needs, and more.
    /// </summary>
    public const int Test = 120_000;

    /// <summary>Milliseconds for a test that moves a lot or starts a tool.</summary>
    public const int LongTest = 300_000;

    /// <summary>Milliseconds for ten restarts under traffic.</summary>
    public const int UpgradeTest = 400_000;

    /// <summary>Milliseconds for a test that somebody asks to go on for minutes; the rest of them end long before.</summary>
    public const int VeryLongTest = 3_600_000;

    /// <summary>The limit of a prompt answer: far above the time it takes, far below every timeout of the program.</summary>
    public static readonly TimeSpan Prompt = TimeSpan.FromSeconds(5);

    /// <summary>Cancelled when the test's time is up.</summary>
    public static CancellationToken Token => TestContext.Current.CancellationToken;
}

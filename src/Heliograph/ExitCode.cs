namespace Heliograph;

/// <summary>What the process exits with: a contract with scripts.</summary>
internal enum ExitCode
{
    Done = 0,

    /// <summary>Anything that is neither of the others: a port in use, an unreadable key, a fault in the program.</summary>
    Failed = 1,

    /// <summary>The command line or the configuration cannot be used as it stands.</summary>
    BadUsage = 2,

    /// <summary>It was done (<c>init</c>), or the proxy works (<c>check</c>), and something was seen that needs putting right.</summary>
    Warnings = 3,
}

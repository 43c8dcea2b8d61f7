namespace Heliograph;

/// <summary>The exit codes of the process: a contract with scripts.</summary>
internal enum ExitCode
{
    Done = 0,

    /// <summary>Anything else: a port in use, an unreadable key, an unexpected error.</summary>
    Failed = 1,

    /// <summary>The command line or the configuration has an error.</summary>
    BadUsage = 2,

    /// <summary>It is done (<c>init</c>), or the proxy works (<c>check</c>), but something needs fixing.</summary>
    Warnings = 3,
}

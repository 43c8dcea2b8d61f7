namespace Heliograph;

/// <summary>The program cannot start. The message is one sentence for the operator: what is wrong, where, and what to do.</summary>
/// <param name="message">The sentence.</param>
/// <param name="code">What the process exits with.</param>
internal sealed class StartException(string message, ExitCode code = ExitCode.Failed) : Exception(message)
{
    public ExitCode Code { get; } = code;
}

using Heliograph.Acme;

namespace Heliograph.Machine;

/// <summary>Checks whether the certificate authority can be reached from here, and whether its clock and this machine's agree.</summary>
internal static class AuthorityCheck
{
    public const string Name = "authority";

    public static async Task<Finding> RunAsync(AcmeOptions options, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await AuthorityProbe.AskAsync(options, timeProvider, cancellationToken);
            var host = new Uri(options.Directory).Authority;
            return answer.ClockProblem is { } problem
                ? new(Name, Severity.Failure, $"{host} answers, and {problem}", $"Set the clock: {Sudo.Prefix}timedatectl set-ntp true.")
                : new(Name, Severity.Ok, $"{host} answers, and its clock agrees with this machine's");
        }
        catch (AcmeException exception)
        {
            return new(Name, Severity.Failure, exception.Message);
        }
    }
}

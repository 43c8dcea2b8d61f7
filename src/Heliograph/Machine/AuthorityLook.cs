using Heliograph.Acme;

namespace Heliograph.Machine;

/// <summary>Can the certificate authority be reached from here, and do its clock and this machine's agree?</summary>
internal static class AuthorityLook
{
    public const string Name = "authority";

    public static async Task<Finding> TakeAsync(AcmeOptions options, TimeProvider time, CancellationToken cancellation)
    {
        try
        {
            var answer = await AuthorityProbe.AskAsync(options, time, cancellation);
            var host = new Uri(options.Directory).Authority;
            return answer.ClockProblem is { } problem
                ? new(Name, Verdict.Failure, $"{host} answers, and {problem}", "Set the clock: timedatectl set-ntp true.")
                : new(Name, Verdict.Good, $"{host} answers, and its clock agrees with this machine's");
        }
        catch (AcmeException e)
        {
            return new(Name, Verdict.Failure, e.Message);
        }
    }
}

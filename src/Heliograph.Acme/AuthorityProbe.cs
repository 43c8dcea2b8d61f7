using Heliograph.Acme.Protocol;

namespace Heliograph.Acme;

/// <summary>What an authority's directory says.</summary>
/// <param name="ClockProblem">How far this machine's clock is from the authority's, if that is too far.</param>
/// <param name="TermsOfService">Where to read its terms; ordering a certificate agrees to them.</param>
public sealed record AuthorityAnswer(string? ClockProblem, Uri? TermsOfService);

/// <summary>Asks an authority for its directory and nothing else, to see whether it can be reached from here.</summary>
public static class AuthorityProbe
{
    /// <summary>Short, because a person is waiting.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <exception cref="AcmeException">It cannot be reached or is not an ACME server; the message says what to do.</exception>
    public static async Task<AuthorityAnswer> AskAsync(AcmeOptions options, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        using var transport = new AcmeTransport(options.CaRoot, Timeout, timeProvider);
        var directory = await AcmeDirectory.FetchAsync(transport, options.Directory, cancellationToken);
        var problem =
            transport.ClockAhead is { } ahead && ahead.Duration() > ClockProbe.Tolerance
                ? $"this machine's clock is {ClockProbe.Say(ahead)} its own"
                : null;
        return new(problem, Urls.Https(directory.Meta.TermsOfService));
    }
}

using System.Buffers.Text;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Heliograph.Acme.Protocol;
using Heliograph.Acme.Storage;

namespace Heliograph.Acme.Renewal;

/// <summary>ACME Renewal Information (RFC 9773).</summary>
internal static class RenewalInfo
{
    // RFC 9773 section 4.3.2: clamped to reasonable bounds. It recommends six hours when no interval is given, and after an error.
    public static TimeSpan DefaultInterval { get; } = TimeSpan.FromHours(6);

    public static TimeSpan Longest { get; } = TimeSpan.FromDays(1);

    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(1);

    /// <summary>Section 4.1: the authority key identifier and the serial number's DER content octets, both base64url.</summary>
    public static string? CertificateId(X509Certificate2 leaf)
    {
        try
        {
            var authority = leaf.Extensions.OfType<X509AuthorityKeyIdentifierExtension>().FirstOrDefault()?.KeyIdentifier;
            return authority is { } identifier
                ? $"{Base64Url.EncodeToString(identifier.Span)}.{Base64Url.EncodeToString(leaf.SerialNumberBytes.Span)}"
                : null;
        }
        catch (Exception exception) when (exception is CryptographicException or AsnContentException)
        {
            return null;
        }
    }

    /// <summary>Draws an instant from the window once: as long as the window stays the same, so does the instant.</summary>
    /// <param name="previous">What was stored.</param>
    /// <param name="answer">What the authority says; null if it says nothing.</param>
    /// <param name="retryAfter">When it wants to be asked again.</param>
    /// <param name="now">The time.</param>
    /// <param name="random">From 0 to 1.</param>
    public static SuggestedRenewal Update(
        SuggestedRenewal? previous, RenewalInfoResource? answer, TimeSpan? retryAfter, DateTimeOffset now, double random)
    {
        var nextCheck = now + Clamp(retryAfter ?? (answer is null ? Longest : DefaultInterval));
        if (answer is null)
            return new SuggestedRenewal { NextCheck = nextCheck, AskedAt = now };
        // Section 4.2: a window that does not end after its start is the authority's error; the previous suggestion stays.
        if (answer.SuggestedWindow is not { Start: { } start, End: { } end } || end <= start)
            return Again(previous, nextCheck, now);
        var chosen =
            previous?.Start == start && previous.End == end && previous.Chosen is { } kept ? kept : start + ((end - start) * random);
        return new SuggestedRenewal
        {
            Start = start,
            End = end,
            Chosen = chosen,
            ExplanationUrl = answer.ExplanationUrl is { Length: <= 500 } url ? Urls.Https(url)?.AbsoluteUri : null,
            NextCheck = nextCheck,
            AskedAt = now,
        };
    }

    /// <summary>After an answer that says nothing: what was suggested before stays.</summary>
    public static SuggestedRenewal Again(SuggestedRenewal? previous, DateTimeOffset nextCheck, DateTimeOffset now) =>
        (previous ?? new SuggestedRenewal { NextCheck = nextCheck }) with { NextCheck = nextCheck, AskedAt = now };

    private static TimeSpan Clamp(TimeSpan value) => value < Shortest ? Shortest : value > Longest ? Longest : value;
}

namespace Heliograph.Acme;

/// <summary>The current certificate and the next renewal, for the operator.</summary>
public sealed record CertificateDescription
{
    /// <summary>The certificate's names. These members are null while there is no certificate.</summary>
    public IReadOnlyList<string>? Names { get; init; }

    public string? Issuer { get; init; }

    /// <summary>The authority's directory that issued it.</summary>
    public string? Directory { get; init; }

    public string? SerialNumber { get; init; }

    public DateTimeOffset? NotBefore { get; init; }

    public DateTimeOffset? NotAfter { get; init; }

    public required bool Revoked { get; init; }

    /// <summary>An attempt is in progress.</summary>
    public bool UnderWay { get; init; }

    /// <summary>The time of the next attempt.</summary>
    public required DateTimeOffset NextRenewal { get; init; }

    public required string NextRenewalReason { get; init; }

    /// <summary>The authority's page on why it suggests this instant (RFC 9773).</summary>
    public string? ExplanationUrl { get; init; }

    /// <summary>The authority accepts no request before this instant; null: it does not say.</summary>
    public DateTimeOffset? LimitedUntil { get; init; }

    /// <summary>After a failure: when the next attempt is, and how to have one sooner if the authority allows it.</summary>
    public required string Outlook { get; init; }

    /// <summary>Failures in a row.</summary>
    public required int Failures { get; init; }

    public string? LastError { get; init; }

    public DateTimeOffset? LastErrorAt { get; init; }

    /// <summary>Only this one of several machines has the certificate, because it ordered alone.</summary>
    public bool Alone { get; init; }
}

/// <summary>The result of a requested renewal.</summary>
public sealed record RenewalOutcome
{
    public required bool Renewed { get; init; }

    /// <summary>One sentence for the operator.</summary>
    public required string Message { get; init; }
}

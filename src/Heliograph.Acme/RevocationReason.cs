namespace Heliograph.Acme;

/// <summary>RFC 5280 section 5.3.1, as far as an operator has use for it.</summary>
public enum RevocationReason
{
    Unspecified = 0,
    KeyCompromise = 1,
    AffiliationChanged = 3,
    Superseded = 4,
    CessationOfOperation = 5,
}

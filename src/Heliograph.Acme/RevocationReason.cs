namespace Heliograph.Acme;

/// <summary>RFC 5280 section 5.3.1, the reasons that an operator may need.</summary>
public enum RevocationReason
{
    Unspecified = 0,
    KeyCompromise = 1,
    AffiliationChanged = 3,
    Superseded = 4,
    CessationOfOperation = 5,
}

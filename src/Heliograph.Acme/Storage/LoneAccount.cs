namespace Heliograph.Acme.Storage;

/// <summary>An account as one of several machines left it when it ordered alone.</summary>
internal static class LoneAccount
{
    /// <summary>
    /// What is right, if anything was changed since: the authority takes the newest key only. A change that was made alone counts if the
    /// others still have the key that it was made with; after one of theirs, their account does, and so does their mark.
    /// </summary>
    /// <param name="shared">What all have.</param>
    /// <param name="lone">What only this machine has.</param>
    public static AccountState? Join(AccountState? shared, AccountState? lone)
    {
        if (shared is null || lone is null)
            return lone ?? shared;
        if (shared.KeyPem == lone.KeyPem)
            return shared with { Url = lone.Url ?? shared.Url, Email = lone.Email, NextKeyPem = shared.NextKeyPem ?? lone.NextKeyPem };
        return shared.KeyPem == lone.SharedKeyPem ? lone : shared;
    }
}

namespace Heliograph.Fleet.Etcd;

/// <summary>Where etcd is, and who asks.</summary>
public sealed record EtcdOptions
{
    /// <summary>More members than any etcd cluster should have (its FAQ recommends seven at most).</summary>
    internal const int MostEndpoints = 16;

    /// <summary>The members, such as <c>https://10.0.0.1:2379</c>. The first that answers is used until it no longer does.</summary>
    public required IReadOnlyList<Uri> Endpoints { get; init; }

    /// <summary>
    /// The keys that the members may show: SHA-256 of a certificate's SubjectPublicKeyInfo, in hexadecimal. With <c>https</c> there has to
    /// be one: neither a name nor an authority is checked, so that etcd's own self-signed certificate is enough.
    /// </summary>
    public IReadOnlyList<string> Pins { get; init; } = [];

    public string? User { get; init; }

    public string? Password { get; init; }

    /// <summary>How long one member may take to answer, before the next one is asked.</summary>
    public TimeSpan AnswerLimit { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// A watch that brings nothing for this long begins again, and reads everything: what became silent without an end is noticed then.
    /// </summary>
    public TimeSpan SilenceLimit { get; init; } = TimeSpan.FromMinutes(2);

    /// <exception cref="FleetException">They cannot work. The message has no password.</exception>
    internal EtcdOptions Checked()
    {
        if (Endpoints.Count is 0 or > MostEndpoints)
            throw Wrong($"{Endpoints.Count} endpoints of etcd are named; name 1 to {MostEndpoints}.");
        foreach (var endpoint in Endpoints)
        {
            if (!endpoint.IsAbsoluteUri || endpoint.Scheme is not ("http" or "https") || endpoint.AbsolutePath != "/"
                || endpoint.UserInfo.Length > 0)
                throw Wrong("An endpoint of etcd is written as https://ADDRESS:PORT, without a path and without a password.");
            if (endpoint.Scheme == "https" && Pins.Count == 0)
                throw Wrong($"{endpoint.Authority} is asked over TLS, but no key is pinned; give the SHA-256 of its public key.");
            if (endpoint.Scheme == "http" && !endpoint.IsLoopback)
                throw Wrong($"{endpoint.Authority} would get the password without TLS; use https, except on this machine.");
        }
        foreach (var pin in Pins)
        {
            if (pin.Length != 64 || !pin.All(char.IsAsciiHexDigit))
                throw Wrong($"A pin is a SHA-256 in 64 hexadecimal digits; \"{pin}\" is not.");
        }
        if (User is null != Password is null)
            throw Wrong("A user of etcd needs a password, and a password a user; give both or neither.");
        return this;
    }

    private static FleetException Wrong(string message) => new(FleetFailure.Configuration, message);

    /// <summary>Without the password.</summary>
    public override string ToString() => $"etcd at {string.Join(", ", Endpoints.Select(static endpoint => endpoint.Authority))}";
}

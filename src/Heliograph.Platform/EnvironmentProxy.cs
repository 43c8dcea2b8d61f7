using System.Net;

namespace Heliograph.Platform;

/// <summary>
/// The proxy that HTTPS_PROXY or its like names. Its user and password are credentials only, and not in its address too, which .NET
/// repeats in the message of an exception.
/// </summary>
public sealed class EnvironmentProxy : IWebProxy
{
    private static readonly IWebProxy Named = HttpClient.DefaultProxy;

    public ICredentials? Credentials
    {
        get => Named.Credentials;
        set => Named.Credentials = value;
    }

    public Uri? GetProxy(Uri destination) => Named.GetProxy(destination) is { } address
        ? new UriBuilder(address) { UserName = "", Password = "" }.Uri
        : null;

    public bool IsBypassed(Uri host) => Named.IsBypassed(host);
}

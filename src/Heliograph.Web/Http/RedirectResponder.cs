using System.Collections.Frozen;
using System.Text;

namespace Heliograph.Web.Http;

/// <summary>
/// certbot's nginx on port 80: <c>return 301 https://$host$request_uri</c> for the domains, <c>return 404</c> for the rest.
/// </summary>
internal sealed class RedirectResponder : Responder
{
    private const string ChallengePath = "/.well-known/acme-challenge/";

    // Tokens are base64url of at least 128 bits (RFC 8555, 8.3); do not look up much longer ones.
    private const int LongestToken = 256;

    private readonly FrozenSet<string> domains;
    private readonly string? first;
    private readonly Func<string, string?> challenge;

    public RedirectResponder(NginxProfile like, IReadOnlyList<string> domains, Func<string, string?> challenge)
        : base(like)
    {
        this.domains = domains.Select(HostOf).ToFrozenSet(StringComparer.Ordinal);
        first = domains.FirstOrDefault(static domain => !domain.StartsWith('*')) is { } name ? HostOf(name) : null;
        this.challenge = challenge;
    }

    public override ValueTask<Response> RespondAsync(RequestHead head) => new(Respond(head));

    private Response Respond(RequestHead head)
    {
        if ((head.IsGet || head.IsHead) && Token(head.Target.Path) is { } token && challenge(token) is { } authorization)
            return Response.Text("text/plain", Encoding.ASCII.GetBytes(authorization));
        // $host: from the target, else from the field, else the first server_name.
        var host = head.Host ?? first;
        return host is not null && IsOurs(host)
            ? Response.Page(head, NginxStatus.MovedPermanently, others: [new("Location", "https://" + host + head.RawTarget)])
            : Response.Page(head, NginxStatus.NotFound);
    }

    // Or one label below a wildcard.
    private bool IsOurs(string host) =>
        domains.Contains(host) || (host.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot && domains.Contains("*" + host[dot..]));

    // The Host field has an IPv6 address in brackets.
    private static string HostOf(string domain) =>
        (domain.Contains(':', StringComparison.Ordinal) && !domain.StartsWith('[') ? $"[{domain}]" : domain).ToLowerInvariant();

    private static string? Token(string path)
    {
        if (!path.StartsWith(ChallengePath, StringComparison.Ordinal))
            return null;
        var token = path[ChallengePath.Length..];
        return token.Length is 0 or > LongestToken || !token.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') ? null : token;
    }
}

using System.Net;
using System.Security.Cryptography;
using System.Text;
using Heliograph.Acme.Protocol;
using Heliograph.Platform.Resolving;

namespace Heliograph.Acme.Dns;

/// <summary>
/// Follows a name that is an alias (CNAME), as authorities do: <c>_acme-challenge</c> is often delegated to a zone that a program may
/// change.
/// </summary>
internal static class DnsAlias
{
    /// <summary>Resolvers follow about as many.</summary>
    private const int MaxDepth = 8;

    /// <param name="name">Fully qualified, with the trailing dot.</param>
    /// <param name="server">Asked first, because it knows a change of its own zones before others do; null: none.</param>
    /// <param name="resolver">Asked about all other names. Those that it does not answer are taken for no aliases.</param>
    /// <param name="tcpOnly">How <paramref name="server"/> is asked.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>The name at the end, which is the first one if that is no alias.</returns>
    /// <exception cref="IOException"><paramref name="server"/> does not answer.</exception>
    public static async Task<string> FollowAsync(
        string name, IPEndPoint? server, SystemResolver resolver, bool tcpOnly, CancellationToken cancellationToken)
    {
        var last = name;
        for (var depth = 0; depth <= MaxDepth; depth++)
        {
            if (await FindAsync(last, server, resolver, tcpOnly, cancellationToken) is not { } target)
                return last;
            last = target;
        }

        throw new AcmeException(
            AcmeFailure.Configuration,
            $"{name} is an alias (CNAME) that leads through more than {MaxDepth} names, to {last}; correct it in DNS.");
    }

    private static async Task<string?> FindAsync(
        string name, IPEndPoint? server, SystemResolver resolver, bool tcpOnly, CancellationToken cancellationToken)
    {
        var id = (ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1);
        if (server is not null)
        {
            var question = DnsWriter.Query(id, name, DnsTypes.Cname, recursive: false);
            var answer = DnsAnswer.Parse(await DnsExchange.AskAsync(server, question, tcpOnly, cancellationToken))!;
            // NOERROR or NXDOMAIN (RFC 1035 section 4.1.1), about a zone of its own.
            if (Target(answer, name) is { } target)
                return target;
            if (answer is { IsAuthoritative: true, ResponseCode: 0 or 3 })
                return null;
        }

        // Without a resolver the update itself will show whether the name is right.
        return await resolver.AskAsync(DnsWriter.Query(id, name, DnsTypes.Cname, recursive: true), cancellationToken) is { } found
            ? Target(found, name)
            : null;
    }

    private static string? Target(DnsAnswer answer, string name)
    {
        var wanted = name.ToLowerInvariant();
        if (answer.Answers.FirstOrDefault(record => record.Type == DnsTypes.Cname && record.Name == wanted) is not { } alias)
            return null;
        var target = Encoding.ASCII.GetString(alias.Data);
        // DNS allows any byte in a name (RFC 2181 section 11), and the name gets into messages.
        return target.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
            ? target
            : throw new AcmeException(
                AcmeFailure.Configuration,
                $"{name} is an alias (CNAME) of '{Text.Clean(target)}', which is not a host name: it has other characters than letters, " +
                "digits, - and _; correct it in DNS.");
    }
}

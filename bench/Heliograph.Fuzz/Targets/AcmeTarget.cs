using System.Net;
using System.Text;
using Heliograph.Acme;
using Heliograph.Acme.Issuance;
using Heliograph.Acme.Protocol;
using Heliograph.Acme.Renewal;

namespace Heliograph.Fuzz.Targets;

/// <summary>
/// The bytes are what an authority answered: a line that says to which question (and a status), then the body. Whatever it is, there is an
/// object or one sentence for the operator, in which no secret stands.
/// </summary>
internal static class AcmeTarget
{
    private const string Authority = "authority.test", Secret = "token-0123456789";
    private const int LongestMessage = 5000;

    private static readonly IssuerOptions Issuer = new() { Directory = "https://authority.test/directory" };

    private static readonly string[] Types = [ChallengeTypes.Http01, ChallengeTypes.TlsAlpn01, ChallengeTypes.Dns01];

    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly Lazy<string> Key = new(static () => CertificateKey.Generate(KeyTypes.EcdsaP256));

    public static void Check(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf((byte)'\n');
        if (end < 0)
            return;
        var words = Encoding.ASCII.GetString(bytes[..end]).Split(' ');
        var response = Answer(bytes[(end + 1)..], words.Length > 1 && int.TryParse(words[1], out var status) ? status : 200);
        try
        {
            Read(words[0], response);
        }
        catch (AcmeException exception)
        {
            // What a chain calls its blocks is the authority's own text: it answers nothing that we told it in secret.
            CheckMessage(exception, mayName: words[0] == "chain");
        }
    }

    private static void Read(string question, AcmeResponse response)
    {
        switch (question)
        {
            case "directory":
                var directory = response.Read(AcmeJson.Default.DirectoryResource);
                CheckAddresses(
                    directory.NewNonce, directory.NewAccount, directory.NewOrder, directory.RevokeCert, directory.KeyChange,
                    directory.RenewalInfo);
                break;
            case "order":
                var order = response.Read(AcmeJson.Default.OrderResource);
                CheckAddresses([order.Finalize, order.Certificate, .. order.Authorizations ?? []]);
                CheckProblem(order.Error, ChallengeTypes.Dns01);
                break;
            case "authorization":
                var authorization = response.Read(AcmeJson.Default.AuthorizationResource);
                foreach (var challenge in authorization.Challenges ?? [])
                    CheckProblem(challenge.Error, Types.FirstOrDefault(type => type == challenge.Type) ?? ChallengeTypes.Http01);
                break;
            case "challenge":
                CheckProblem(response.Read(AcmeJson.Default.ChallengeResource).Error, ChallengeTypes.TlsAlpn01);
                break;
            case "renewal-info":
                CheckRenewal(response.Read(AcmeJson.Default.RenewalInfoResource));
                break;
            case "problem":
                CheckProblem(response.ReadProblem(), ChallengeTypes.Http01);
                break;
            case "chain":
                _ = CertificateCheck.Accept(
                    Encoding.UTF8.GetString(response.Body), Key.Value, Issuer, [Identifier.Parse("proxy.example.org")], Now,
                    clockAhead: null);
                break;
        }
    }

    private static AcmeResponse Answer(ReadOnlySpan<byte> body, int status) => new()
    {
        Url = new("https://authority.test/question"),
        Status = (HttpStatusCode)status,
        MediaType = "application/problem+json",
        Body = body.ToArray(),
        Location = null,
        Nonce = null,
        Alternates = [],
        RetryAfter = null,
    };

    private static void CheckAddresses(params string?[] addresses)
    {
        foreach (var address in addresses)
            FaultException.Unless(
                Urls.Https(address) is not { } url || (url.Scheme == "https" && url.IsAbsoluteUri), $"{address} is taken for https");
    }

    private static void CheckProblem(Problem? problem, string type)
    {
        if (problem is null)
            return;
        CheckMessage(Refusals.Explain(problem, null, Authority, [Secret], null));
        CheckMessage(Refusals.ExplainChallenge(problem, "proxy.example.org", type, [Secret], Authority, new DirectoryMeta()));
    }

    private static void CheckMessage(AcmeException exception, bool mayName = false)
    {
        var message = exception.Message;
        FaultException.Unless(message.Length is > 0 and <= LongestMessage && !message.Any(char.IsControl), $"the message is \"{message}\"");
        FaultException.Unless(mayName || !message.Contains(Secret, StringComparison.Ordinal), $"the secret stands in \"{message}\"");
    }

    /// <summary>Whatever window an authority suggests, it is asked again within a day, and not more than once a minute.</summary>
    private static void CheckRenewal(RenewalInfoResource answer)
    {
        var renewal = RenewalInfo.Update(null, answer, null, Now, 0.5);
        FaultException.Unless(
            renewal.NextCheck >= Now.AddMinutes(1) && renewal.NextCheck <= Now.AddDays(1),
            $"the next question is at {renewal.NextCheck:u}");
        FaultException.Unless(
            renewal.Chosen is not { } chosen || (chosen >= renewal.Start && chosen <= renewal.End),
            $"{renewal.Chosen:u} is outside the window");
        FaultException.Unless(renewal.ExplanationUrl is null or { Length: <= 2000 }, "the explanation is too long to keep");
    }
}

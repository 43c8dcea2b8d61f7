using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Heliograph.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Heliograph.Acme.Tests.Scripted;

/// <summary>
/// A FAKE authority for what a real Pebble cannot be made to do: renewal information, profiles, limits, and answers that no
/// authority should give. It checks no signature and validates nothing; it follows its script and counts its requests.
/// </summary>
internal sealed class ScriptedCa : IAsyncDisposable
{
    private const string HostName = "authority.heliograph.test";

    private readonly WebApplication app;
    private readonly TimeProvider timeProvider;
    private readonly TempDirectory directory = new();
    private readonly X509Certificate2 issuing;
    private readonly ConcurrentDictionary<string, JsonObject> orders = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> certificates = new(StringComparer.Ordinal);
    private int counter;

    private ScriptedCa(TimeProvider timeProvider, DateTimeOffset notBefore, DateTimeOffset notAfter)
    {
        this.timeProvider = timeProvider;
        issuing = TestRoot("Scripted issuing authority", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        using var listenerRoot = TestRoot("Scripted listener authority", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        CaRootFile = directory.Write("root.pem", listenerRoot.ExportCertificatePem());
        var listener = Listener(listenerRoot, notBefore, notAfter);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(listener)));
        app = builder.Build();
        app.Run(AnswerAsync);
    }

    public string Base => app.Urls.Single();

    public string DirectoryUrl => Base + "/directory";

    public int Port => new Uri(Base).Port;

    /// <summary>The same by a host name, which no DNS server knows.</summary>
    public string NamedDirectoryUrl => $"https://{HostName}:{Port}/directory";

    public string CaRootFile { get; }

    /// <summary>
    /// How often each part was requested: directory, nonce, account, order, order-status, authorization, challenge, finalize,
    /// certificate, renewal-info, revoke, key-change.
    /// </summary>
    public ConcurrentDictionary<string, int> Requests { get; } = new(StringComparer.Ordinal);

    public int Count(string part) => Requests.GetValueOrDefault(part);

    /// <summary>Payloads of new orders, as received.</summary>
    public ConcurrentQueue<JsonElement> Orders { get; } = [];

    public ConcurrentQueue<JsonElement> Accounts { get; } = [];

    /// <summary>Sees every request first; returns true if it has answered.</summary>
    public Func<string, HttpContext, Task<bool>> Script { get; set; } = (_, _) => Task.FromResult(false);

    public JsonObject Meta { get; set; } = [];

    public bool HasRenewalInfo { get; set; } = true;

    public (DateTimeOffset Start, DateTimeOffset End)? Window { get; set; }

    public string? RenewalInfoRetryAfter { get; set; }

    public TimeSpan Lifetime { get; set; } = TimeSpan.FromDays(90);

    /// <summary>Problem of the validation, by challenge type; none means it succeeds.</summary>
    public Dictionary<string, JsonObject> Refusals { get; } = new(StringComparer.Ordinal);

    /// <summary>What a challenge type's validation leaves behind, in place of a success or of a refusal as Let's Encrypt has it.</summary>
    public Dictionary<string, ValidationState> States { get; } = new(StringComparer.Ordinal);

    /// <summary>Challenges that are invalid in every new order, because its authorizations were used before.</summary>
    public Dictionary<string, JsonObject> Reused { get; } = new(StringComparer.Ordinal);

    /// <summary>Changes the correct chain into the one that is sent.</summary>
    public Func<string, string> Chain { get; set; } = chain => chain;

    /// <summary>A name that the authority adds to certificates without being asked.</summary>
    public string? AddedName { get; set; }

    public CertificateRequest? LastRequest { get; private set; }

    public static async Task<ScriptedCa> StartAsync(
        TimeProvider timeProvider, DateTimeOffset? listenerNotBefore = null, DateTimeOffset? listenerNotAfter = null)
    {
        var ca = new ScriptedCa(
            timeProvider,
            listenerNotBefore ?? DateTimeOffset.UnixEpoch.AddYears(30),
            listenerNotAfter ?? DateTimeOffset.UnixEpoch.AddYears(130));
        await ca.app.StartAsync();
        return ca;
    }

    public void SetOrders(Action<JsonObject> change)
    {
        foreach (var order in orders.Values)
            change(order);
    }

    public static JsonObject Problem(string kind, string detail) =>
        new() { ["type"] = "urn:ietf:params:acme:error:" + kind, ["detail"] = detail };

    public static async Task AnswerProblemAsync(HttpContext context, int status, string kind, string detail, string? retryAfter = null)
    {
        context.Response.StatusCode = status;
        if (retryAfter is not null)
            context.Response.Headers.RetryAfter = retryAfter;
        context.Response.Headers["Replay-Nonce"] = Guid.NewGuid().ToString("N");
        await WriteAsync(context, Problem(kind, detail), "application/problem+json");
    }

    public static async Task AnswerAsync(HttpContext context, int status, string type, string body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        await context.Response.WriteAsync(body);
    }

    /// <summary>Another certificate for these names from the same authority, with an unknown key.</summary>
    public string Forge(string name, DateTimeOffset notBefore, DateTimeOffset notAfter)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        return Sign(request, notBefore, notAfter);
    }

    /// <summary>Signs the last request with a different validity.</summary>
    public string SignLast(DateTimeOffset notBefore, DateTimeOffset notAfter) => Sign(LastRequest!, notBefore, notAfter);

    public async ValueTask DisposeAsync()
    {
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await app.StopAsync(soon.Token);
        await app.DisposeAsync();
        issuing.Dispose();
        directory.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var words = context.Request.Path.Value!.Trim('/').Split('/');
        var part = words[0];
        var id = words.ElementAtOrDefault(1) ?? "";
        Requests.AddOrUpdate(part, 1, (_, count) => count + 1);
        if (await Script(part, context))
            return;
        context.Response.Headers["Replay-Nonce"] = Guid.NewGuid().ToString("N");
        var payload = part is "directory" or "nonce" or "renewal-info" ? default : await PayloadAsync(context);
        switch (part)
        {
            case "directory":
                await WriteAsync(context, Directory());
                break;
            case "nonce":
                break;
            case "account":
                Accounts.Enqueue(payload);
                context.Response.Headers.Location = $"{Base}/account/{Next()}";
                context.Response.StatusCode = 201;
                await WriteAsync(context, new JsonObject { ["status"] = "valid" });
                break;
            case "order":
                await NewOrderAsync(context, payload);
                break;
            case "order-status":
                await WriteAsync(context, orders[id]);
                break;
            case "authorization":
            case "challenge":
                await AuthorizationAsync(context, part, id);
                break;
            case "finalize":
                Finish(id, payload);
                await WriteAsync(context, orders[id]);
                break;
            case "certificate":
                await AnswerAsync(context, 200, "application/pem-certificate-chain", Chain(certificates[id]));
                break;
            case "renewal-info":
                await RenewalInfoAsync(context);
                break;
            case "revoke":
            case "key-change":
                break;
            default:
                context.Response.StatusCode = 404;
                break;
        }
    }

    private JsonObject Directory()
    {
        var resource = new JsonObject
        {
            ["newNonce"] = Base + "/nonce",
            ["newAccount"] = Base + "/account",
            ["newOrder"] = Base + "/order",
            ["revokeCert"] = Base + "/revoke",
            ["keyChange"] = Base + "/key-change",
            ["meta"] = Meta.DeepClone(),
        };
        if (HasRenewalInfo)
            resource["renewalInfo"] = Base + "/renewal-info";
        return resource;
    }

    private async Task NewOrderAsync(HttpContext context, JsonElement payload)
    {
        Orders.Enqueue(payload);
        var id = Next();
        var names = payload.GetProperty("identifiers").EnumerateArray().ToList();
        orders[id] = new JsonObject
        {
            ["status"] = "pending",
            ["identifiers"] = JsonNode.Parse(payload.GetProperty("identifiers").GetRawText()),
            ["authorizations"] = new JsonArray([.. names.Select((_, index) => (JsonNode)$"{Base}/authorization/{id}-{index}")]),
            ["finalize"] = $"{Base}/finalize/{id}",
        };
        context.Response.Headers.Location = $"{Base}/order-status/{id}";
        context.Response.StatusCode = 201;
        await WriteAsync(context, orders[id]);
    }

    private async Task AuthorizationAsync(HttpContext context, string part, string id)
    {
        // authorization/ORDER-INDEX and challenge/ORDER-INDEX-TYPE
        var words = id.Split('-', 3);
        var order = orders[words[0]];
        var key = $"authorization-{words[1]}";
        if (part == "challenge")
        {
            order[key] = words[2];
            if (!Refusals.ContainsKey(words[2]) && !States.ContainsKey(words[2]))
                order["status"] = "ready";
            await WriteAsync(context, new JsonObject { ["status"] = "processing" });
            return;
        }
        var tried = (string?)order[key];
        var refused = tried is not null && Refusals.ContainsKey(tried);
        var state = tried is null ? null : States.GetValueOrDefault(tried);
        var identifier = order["identifiers"]!.AsArray()[int.Parse(words[1])]!.DeepClone().AsObject();
        var wildcard = ((string)identifier["value"]!).StartsWith("*.", StringComparison.Ordinal);
        if (wildcard)
            identifier["value"] = ((string)identifier["value"]!)[2..];
        string[] types = wildcard ? ["dns-01"] : ["http-01", "tls-alpn-01", "dns-01"];
        await WriteAsync(context, new JsonObject
        {
            ["status"] = state is not null ? state.Authorization : tried is null ? "pending" : refused ? "invalid" : "valid",
            ["identifier"] = identifier,
            ["wildcard"] = wildcard,
            ["challenges"] = new JsonArray([.. types.Select(type => (JsonNode)new JsonObject
            {
                ["type"] = type,
                ["url"] = $"{Base}/challenge/{words[0]}-{words[1]}-{type}",
                ["token"] = "short-token",
                ["status"] = type == tried && state is not null ? state.Challenge : Reused.ContainsKey(type) ? "invalid" : "pending",
                ["error"] = type != tried ? Reused.GetValueOrDefault(type)?.DeepClone()
                    : refused ? Refusals[type].DeepClone()
                    : state?.Error?.DeepClone(),
            })]),
        });
    }

    private void Finish(string id, JsonElement payload)
    {
        LastRequest = CertificateRequest.LoadSigningRequest(
            System.Buffers.Text.Base64Url.DecodeFromChars(payload.GetProperty("csr").GetString()),
            HashAlgorithmName.SHA256,
            CertificateRequestLoadOptions.UnsafeLoadCertificateExtensions);
        certificates[id] = Sign(LastRequest, timeProvider.GetUtcNow().AddHours(-1), timeProvider.GetUtcNow().AddHours(-1) + Lifetime);
        orders[id]["status"] = "valid";
        orders[id]["certificate"] = $"{Base}/certificate/{id}";
    }

    private async Task RenewalInfoAsync(HttpContext context)
    {
        if (RenewalInfoRetryAfter is { } retry)
            context.Response.Headers.RetryAfter = retry;
        var window = Window ?? (timeProvider.GetUtcNow().AddDays(60), timeProvider.GetUtcNow().AddDays(62));
        await WriteAsync(context, new JsonObject
        {
            ["suggestedWindow"] = new JsonObject { ["start"] = window.Start.ToString("O"), ["end"] = window.End.ToString("O") },
            ["explanationURL"] = "https://authority.example/why",
        });
    }

    private string Sign(CertificateRequest request, DateTimeOffset notBefore, DateTimeOffset notAfter)
    {
        var copy = new CertificateRequest(request.SubjectName, request.PublicKey, HashAlgorithmName.SHA256);
        foreach (var extension in request.CertificateExtensions)
            copy.CertificateExtensions.Add(AddedName is null ? extension : Extended(extension));
        copy.CertificateExtensions.Add(
            X509AuthorityKeyIdentifierExtension.CreateFromCertificate(issuing, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        using var key = issuing.GetECDsaPrivateKey()!;
        using var leaf = copy.Create(
            issuing.SubjectName, X509SignatureGenerator.CreateForECDsa(key), notBefore, notAfter, RandomNumberGenerator.GetBytes(16));
        return leaf.ExportCertificatePem() + "\n" + issuing.ExportCertificatePem() + "\n";
    }

    private X509Extension Extended(X509Extension extension)
    {
        var builder = new SubjectAlternativeNameBuilder();
        foreach (var name in new X509SubjectAlternativeNameExtension(extension.RawData).EnumerateDnsNames())
            builder.AddDnsName(name);
        builder.AddDnsName(AddedName!);
        return builder.Build();
    }

    private string Next() => Interlocked.Increment(ref counter).ToString();

    private static async Task<JsonElement> PayloadAsync(HttpContext context)
    {
        using var jws = await JsonDocument.ParseAsync(context.Request.Body);
        var payload = System.Buffers.Text.Base64Url.DecodeFromChars(jws.RootElement.GetProperty("payload").GetString());
        return payload.Length == 0 ? default : JsonDocument.Parse(payload).RootElement;
    }

    private static async Task WriteAsync(HttpContext context, JsonObject body, string type = "application/json")
    {
        context.Response.ContentType = type;
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(body.ToJsonString()));
    }

    private static X509Certificate2 TestRoot(string name, DateTimeOffset notBefore, DateTimeOffset notAfter)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name} {Guid.NewGuid():N}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request.CreateSelfSigned(notBefore, notAfter);
    }

    private static X509Certificate2 Listener(X509Certificate2 root, DateTimeOffset notBefore, DateTimeOffset notAfter)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Scripted listener", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        names.AddDnsName(HostName);
        request.CertificateExtensions.Add(names.Build());
        using var leaf = request.Create(root, notBefore, notAfter, RandomNumberGenerator.GetBytes(16));
        using var whole = leaf.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), null);
    }
}

/// <summary>The state of an authorization and of its challenge after the challenge was answered.</summary>
internal sealed record ValidationState(string Authorization, string Challenge, JsonObject? Error);

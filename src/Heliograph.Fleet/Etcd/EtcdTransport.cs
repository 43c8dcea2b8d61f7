using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Heliograph.Platform;

namespace Heliograph.Fleet.Etcd;

/// <summary>
/// HTTP to the members of etcd: the one that answered last is asked first, and the next one when it does not answer. Signs in, and does it
/// again when etcd has forgotten (a token lives for five minutes without use, and not beyond a restart).
/// </summary>
internal sealed class EtcdTransport : IDisposable
{
    /// <summary>Of one answer, and of one line of a watch.</summary>
    public const int LargestAnswer = 8 * 1024 * 1024;

    private static readonly TimeSpan ShortestPing = TimeSpan.FromSeconds(1);

    private readonly EtcdOptions options;
    private readonly PinnedKeys pins;
    private readonly HttpClient http;
    private readonly SemaphoreSlim signingIn = new(1);
    private volatile string? token;
    private volatile int current;

    public EtcdTransport(EtcdOptions options)
    {
        this.options = options;
        pins = new PinnedKeys(options.Pins);
        // Half of the time, so that a member that never accepts says so.
        var handler = new HappyEyeballs(options.AnswerLimit / 2).CreateHandler();
        handler.SslOptions = pins.SslOptions;
        handler.UseProxy = false;
        handler.MaxResponseHeadersLength = 64;
        // A watch says nothing for minutes; a member that froze does not answer these (HTTP/2 only).
        handler.KeepAlivePingDelay = options.AnswerLimit > ShortestPing ? options.AnswerLimit : ShortestPing;
        handler.KeepAlivePingTimeout = handler.KeepAlivePingDelay;
        handler.KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests;
        http = new HttpClient(handler, disposeHandler: true)
        {
            // Each request has its own limit; a watch has none for the whole.
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = LargestAnswer,
        };
    }

    public Version? HttpVersion { get; private set; }

    /// <exception cref="FleetException">No member answers, or one refuses.</exception>
    public Task<TAnswer> SendAsync<TRequest, TAnswer>(
        string path,
        TRequest request,
        JsonTypeInfo<TRequest> requestType,
        JsonTypeInfo<TAnswer> answerType,
        CancellationToken cancellationToken)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(request, requestType);
        return AskAsync(
            async (endpoint, limit) =>
            {
                using var response = await PostAsync(endpoint, path, body, HttpCompletionOption.ResponseContentRead, limit);
                return EtcdRefusals.Parse(await response.Content.ReadAsByteArrayAsync(limit), answerType);
            },
            cancellationToken);
    }

    /// <summary>Opens a watch, and waits until etcd has confirmed it.</summary>
    /// <exception cref="FleetException">No member answers, or one refuses.</exception>
    public Task<WatchConnection> OpenWatchAsync(WatchRequest request, CancellationToken cancellationToken)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(request, EtcdJson.Default.WatchRequest);
        return AskAsync(
            async (endpoint, limit) =>
            {
                var used = token;
                var (connection, refusal) = await TryWatchAsync(endpoint, body, limit);
                if (refusal is not null && options.User is not null && EtcdRefusals.AsksToSignIn(refusal))
                {
                    await SignInAsync(endpoint, used, limit);
                    (connection, refusal) = await TryWatchAsync(endpoint, body, limit);
                }
                return connection ?? throw EtcdRefusals.Explain(refusal);
            },
            cancellationToken);
    }

    public void Dispose()
    {
        http.Dispose();
        signingIn.Dispose();
    }

    /// <summary>Asks one member after the other, each for a limited time.</summary>
    private async Task<T> AskAsync<T>(Func<Uri, CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
    {
        var failures = new List<string>();
        var first = current;
        for (var index = 0; index < options.Endpoints.Count; index++)
        {
            var member = (first + index) % options.Endpoints.Count;
            var endpoint = options.Endpoints[member];
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(options.AnswerLimit);
            try
            {
                var answer = await ask(endpoint, limit.Token);
                current = member;
                return answer;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // A simple token names the index of etcd's log at which it was given, and etcd waits until it is there. One that has lost
                // its data would wait for days: sign in anew.
                token = null;
                failures.Add($"{endpoint.Authority}: no answer within {options.AnswerLimit.TotalSeconds:0.##} seconds");
            }
            catch (ObjectDisposedException)
            {
                throw new FleetException(
                    FleetFailure.Unreachable, "The connection to etcd is closed: this machine goes over to another key.");
            }
            catch (HttpRequestException exception)
            {
                failures.Add($"{endpoint.Authority}: {Explain(exception)}");
            }
            catch (FleetException exception) when (exception.Failure is FleetFailure.Unreachable)
            {
                failures.Add($"{endpoint.Authority}: {exception.Message}");
            }
        }
        throw new FleetException(FleetFailure.Unreachable, $"etcd cannot be reached ({string.Join("; ", failures)}).");
    }

    private async Task<(WatchConnection? Connection, string? Refusal)> TryWatchAsync(
        Uri endpoint, byte[] body, CancellationToken cancellationToken)
    {
        var response = await PostAsync(endpoint, "v3/watch", body, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        var connection = new WatchConnection(response, endpoint.Authority, options.SilenceLimit);
        string? refusal = null;
        try
        {
            refusal = await connection.ConfirmAsync(cancellationToken);
            return refusal is null ? (connection, null) : (null, refusal);
        }
        catch
        {
            refusal = "";
            throw;
        }
        finally
        {
            if (refusal is not null)
                connection.Dispose();
        }
    }

    private async Task<HttpResponseMessage> PostAsync(
        Uri endpoint, string path, byte[] body, HttpCompletionOption completion, CancellationToken cancellationToken)
    {
        if (options.User is not null && token is null)
            await SignInAsync(endpoint, used: null, cancellationToken);
        for (var mayRepeat = options.User is not null; ; mayRepeat = false)
        {
            var used = token;
            var response = await SendAsync(endpoint, path, body, used, completion, cancellationToken);
            if (response.IsSuccessStatusCode)
                return response;
            using (response)
            {
                var refusal = await ReadRefusalAsync(response, cancellationToken);
                if (!mayRepeat || !EtcdRefusals.AsksToSignIn(refusal.Message ?? refusal.Error))
                    throw EtcdRefusals.Explain(refusal);
            }
            await SignInAsync(endpoint, used, cancellationToken);
        }
    }

    /// <summary>One at a time: whoever waited for another finds its token.</summary>
    private async Task SignInAsync(Uri endpoint, string? used, CancellationToken cancellationToken)
    {
        await signingIn.WaitAsync(cancellationToken);
        try
        {
            if (token is not null && token != used)
                return;
            var body = JsonSerializer.SerializeToUtf8Bytes(
                new AuthenticateRequest { Name = options.User!, Password = options.Password! }, EtcdJson.Default.AuthenticateRequest);
            using var response = await SendAsync(
                endpoint, "v3/auth/authenticate", body, used: null, HttpCompletionOption.ResponseContentRead, cancellationToken);
            if (!response.IsSuccessStatusCode)
                throw EtcdRefusals.Explain(await ReadRefusalAsync(response, cancellationToken));
            var answer = EtcdRefusals.Parse(
                await response.Content.ReadAsByteArrayAsync(cancellationToken), EtcdJson.Default.AuthenticateAnswer);
            token = answer.Token ?? throw EtcdRefusals.NotEtcd("no token");
        }
        finally
        {
            signingIn.Release();
        }
    }

    private async Task<HttpResponseMessage> SendAsync(
        Uri endpoint, string path, byte[] body, string? used, HttpCompletionOption completion, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(endpoint, path))
        {
            // By ALPN over TLS; etcd speaks HTTP/1.1 without.
            Version = System.Net.HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };
        if (used is not null && !request.Headers.TryAddWithoutValidation("Authorization", used))
            throw EtcdRefusals.NotEtcd("a token that fits into no header");
        var response = await http.SendAsync(request, completion, cancellationToken);
        HttpVersion = response.Version;
        return response;
    }

    /// <summary>Also of a stream whose head has come: it is buffered, within the limit of the client.</summary>
    private static async Task<Refusal> ReadRefusalAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await response.Content.LoadIntoBufferAsync(LargestAnswer, cancellationToken);
        var refusal = EtcdRefusals.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken), EtcdJson.Default.Refusal);
        // A member that starts or has lost the others may say so by the status alone.
        return refusal.Code == 0 && response.StatusCode == HttpStatusCode.ServiceUnavailable ? refusal with { Code = 14 } : refusal;
    }

    private string Explain(HttpRequestException exception) => exception switch
    {
        { HttpRequestError: HttpRequestError.SecureConnectionError } when pins.Refused is { } shown =>
            $"it shows another key than the pinned one: sha256 {shown}. Either its key was changed, or this is not etcd",
        { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } =>
            $"an answer of more than {LargestAnswer / 1024 / 1024} MB, which is not etcd's",
        { InnerException: ConnectFailedException failed } => failed.Message,
        _ => $"the connection broke ({exception.GetBaseException().Message})",
    };
}

using System.Net;
using System.Net.Http.Headers;
using Heliograph.Testing;

namespace Heliograph.EndToEnd.Tests.Fleet;

/// <summary>In front of an etcd that speaks plain HTTP: something happens before each request reaches it.</summary>
internal sealed class EtcdHop : IAsyncDisposable
{
    private readonly HttpListener listener = new();
    private readonly HttpClient client = new() { Timeout = TimeSpan.FromSeconds(30) };
    private readonly Uri etcd;
    private readonly Func<Task> before;
    private readonly Task running;

    /// <param name="etcd">Where requests go.</param>
    /// <param name="before">Happens before each of them, one at a time.</param>
    public EtcdHop(Uri etcd, Func<Task> before)
    {
        this.etcd = etcd;
        this.before = before;
        Endpoint = new Uri($"http://{LoopbackPort.Free()}/");
        listener.Prefixes.Add(Endpoint.AbsoluteUri);
        listener.Start();
        running = RunAsync();
    }

    public Uri Endpoint { get; }

    /// <exception cref="Exception">What happened before a request has failed.</exception>
    public async ValueTask DisposeAsync()
    {
        listener.Stop();
        await running;
        listener.Close();
        client.Dispose();
    }

    private async Task RunAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await listener.GetContextAsync();
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
            await before();
            await PassAsync(context);
        }
    }

    private async Task PassAsync(HttpListenerContext context)
    {
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.HttpMethod), new Uri(etcd, context.Request.RawUrl))
        {
            Content = new StreamContent(context.Request.InputStream)
            {
                Headers = { ContentType = MediaTypeHeaderValue.Parse(context.Request.ContentType!) },
            },
        };
        if (context.Request.Headers["Authorization"] is { } token)
            request.Headers.TryAddWithoutValidation("Authorization", token);
        using var answer = await client.SendAsync(request);
        var body = await answer.Content.ReadAsByteArrayAsync();
        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        context.Response.ContentLength64 = body.Length;
        await context.Response.OutputStream.WriteAsync(body);
        context.Response.Close();
    }
}

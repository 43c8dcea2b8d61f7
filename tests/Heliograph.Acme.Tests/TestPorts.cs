using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Heliograph.Acme.Challenges;

namespace Heliograph.Acme.Tests;

/// <summary>
/// Ports 80 and 443 of these tests, on 127.0.0.1 and ::1: an SslStream that speaks acme-tls/1 and nothing else, and a few lines of HTTP.
/// </summary>
internal sealed class TestPorts : ITlsAlpnResponder, IHttpResponder, IDisposable
{
    private readonly ConcurrentDictionary<string, TlsAlpnValidation> validations = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, string> tokens = new(StringComparer.Ordinal);
    private readonly List<TcpListener> listeners = [];
    private readonly CancellationTokenSource stopping = new();

    public TestPorts()
    {
        TlsPort = Listen(ServeTlsAsync);
        HttpPort = Listen(ServeHttpAsync);
        Responders = new ChallengeResponders { TlsAlpn = this, Http = this };
    }

    public int TlsPort { get; }

    public int HttpPort { get; }

    public ChallengeResponders Responders { get; }

    /// <summary>Every token, key authorization and validation key so far: none may be in a log.</summary>
    public ConcurrentBag<string> Secrets { get; } = [];

    public ConcurrentBag<TlsAlpnValidation> Validations { get; } = [];

    public int HttpPresented { get; private set; }

    public int Outstanding => validations.Count + tokens.Count;

    /// <summary>Answers TLS, but with another server's certificate, like a load balancer in front that terminates TLS.</summary>
    public bool WrongTlsAnswers { get; set; }

    public bool WrongHttpAnswers { get; set; }

    public IDisposable Serve(TlsAlpnValidation validation)
    {
        Secrets.Add(validation.KeyPem);
        Validations.Add(validation);
        validations[validation.ServerName] = validation;
        return new Undo(() => validations.TryRemove(validation.ServerName, out _));
    }

    public IDisposable Serve(string token, string keyAuthorization)
    {
        Secrets.Add(token);
        Secrets.Add(keyAuthorization);
        HttpPresented++;
        tokens[token] = keyAuthorization;
        return new Undo(() => tokens.TryRemove(token, out _));
    }

    public void Dispose()
    {
        stopping.Cancel();
        foreach (var listener in listeners)
            listener.Dispose();
    }

    private int Listen(Func<Stream, Task> serve)
    {
        var first = new TcpListener(IPAddress.Loopback, 0);
        first.Start();
        var port = ((IPEndPoint)first.LocalEndpoint).Port;
        listeners.Add(first);
        _ = AcceptAsync(first, serve);
        if (Socket.OSSupportsIPv6)
        {
            var second = new TcpListener(IPAddress.IPv6Loopback, port);
            second.Start();
            listeners.Add(second);
            _ = AcceptAsync(second, serve);
        }
        return port;
    }

    private async Task AcceptAsync(TcpListener listener, Func<Stream, Task> serve)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var client = await listener.AcceptTcpClientAsync(stopping.Token);
                _ = Task.Run(async () =>
                {
                    try
                    {
                        using (client)
                            await serve(client.GetStream());
                    }
                    catch (Exception exception)
                        when (exception
                                is IOException
                                    or System.Security.Authentication.AuthenticationException
                                    or OperationCanceledException)
                    {
                        // The validator left or was refused; the test checks its finding.
                    }
                });
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeTlsAsync(Stream stream)
    {
        await using var tls = new SslStream(stream);
        await tls.AuthenticateAsServerAsync((_, hello, _, _) =>
        {
            if (!validations.TryGetValue(hello.ServerName, out var validation))
                throw new System.Security.Authentication.AuthenticationException("no validation in progress for this name");
            if (WrongTlsAnswers)
                validation = ValidationCertificate.Create(
                    Issuance.Identifier.Parse(validation.Identifier), "another.authorization", DateTimeOffset.UtcNow);
            using var pem = X509Certificate2.CreateFromPem(validation.CertificatePem, validation.KeyPem);
            return ValueTask.FromResult(new SslServerAuthenticationOptions
            {
                ServerCertificateContext = SslStreamCertificateContext.Create(
                    X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null), null, offline: true),
                ApplicationProtocols = [new SslApplicationProtocol(TlsAlpnValidation.Protocol)],
            });
        }, null, stopping.Token);
        await tls.ShutdownAsync();
    }

    private async Task ServeHttpAsync(Stream stream)
    {
        using var reader = new StreamReader(stream, Encoding.ASCII);
        var path = (await reader.ReadLineAsync(stopping.Token))?.Split(' ').ElementAtOrDefault(1) ?? "";
        while (await reader.ReadLineAsync(stopping.Token) is { Length: > 0 })
        {
            // The rest of the header does not matter.
        }
        const string prefix = "/.well-known/acme-challenge/";
        var known =
            path.StartsWith(prefix, StringComparison.Ordinal) && tokens.TryGetValue(path[prefix.Length..], out var found) ? found : null;
        if (WrongHttpAnswers)
            known = "<html>It works!</html>";
        var answer = known is null
            ? "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            : $"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: {known.Length}\r\n" +
                $"Connection: close\r\n\r\n{known}";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(answer), stopping.Token);
    }

    private sealed class Undo(Action action) : IDisposable
    {
        public void Dispose() => action();
    }
}

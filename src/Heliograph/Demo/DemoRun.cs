using System.Net.Sockets;
using System.Security.Authentication;
using Heliograph.Tls13.Hello;
using Microsoft.Extensions.Logging;

namespace Heliograph.Demo;

/// <summary>The demo from its first line to its last: messages go through, and each party shows what it saw.</summary>
internal static class DemoRun
{
    /// <summary>The entropy of a megabyte of ciphertext, with a wide margin; text stays far below.</summary>
    private const double LooksRandom = 7.9;

    /// <exception cref="DemoException">A check failed.</exception>
    public static async Task RunAsync(
        DemoText text,
        Func<byte[], byte[]> answer,
        TimeProvider timeProvider,
        ILoggerFactory loggerFactory,
        CancellationToken cancellationToken)
    {
        var checks = new Checks();
        try
        {
            var start = timeProvider.GetTimestamp();
            checks.Begin("a stand-in for Signal and the proxy start on this machine");
            var stage = await DemoStage.SetUpAsync(
                [.. Messages.All.Select(static one => one.Host)], answer, timeProvider, loggerFactory, cancellationToken);
            await using (stage)
                await ShowAsync(stage, checks, text, cancellationToken);
            checks.That(!Directory.Exists(stage.StateDirectory), "nothing is left behind", stage.StateDirectory);
            text.End(checks.Held, timeProvider.GetElapsedTime(start));
        }
        catch (OperationCanceledException exception)
        {
            throw new DemoException(checks.Claim, "it took too long, or was stopped", exception);
        }
        catch (Exception exception)
            when (exception is IOException or InvalidDataException or SocketException or AuthenticationException or HttpRequestException)
        {
            throw new DemoException(checks.Claim, exception.Message, exception);
        }
    }

    private static async Task ShowAsync(DemoStage stage, Checks checks, DemoText text, CancellationToken cancellationToken)
    {
        text.Drawing(stage);
        var exchanges = await SendAsync(stage, checks, cancellationToken);
        text.Messages(exchanges);
        text.Censor(Censor(exchanges, checks));
        Operator(exchanges, checks);
        text.Operator(exchanges);
        Signal(exchanges, checks);
        text.Signal(exchanges);
        text.Decoy(await VisitAsync(stage, checks, cancellationToken));
    }

    private static async Task<List<Exchange>> SendAsync(DemoStage stage, Checks checks, CancellationToken cancellationToken)
    {
        var exchanges = new List<Exchange>();
        foreach (var (host, message) in Messages.All)
        {
            var claim = $"{message.Length:N0} bytes sent to {host} come back unchanged";
            checks.Begin(claim);
            var exchange = await Exchange.RunAsync(stage, host, message, cancellationToken);
            checks.Same(message, exchange.Answer, claim);
            exchanges.Add(exchange);
        }
        return exchanges;
    }

    private static CensorsView Censor(List<Exchange> exchanges, Checks checks)
    {
        checks.Begin("the wire carries whole TLS records and nothing else");
        var view = CensorsView.FromExchanges(exchanges);
        foreach (var hello in view.Hellos)
            checks.That(
                hello?.ServerName == DemoStage.Domain,
                "the one server name on the wire is the proxy's",
                $"it is {hello?.ServerName ?? "missing"}");
        foreach (var exchange in exchanges)
        {
            checks.Absent(exchanges.Select(static one => one.HostBytes), exchange.Wire.Up, "none of Signal's names is on the wire up");
            checks.Absent(exchanges.Select(static one => one.HostBytes), exchange.Wire.Down, "none of Signal's names is on the wire down");
            checks.Absent(exchanges.Select(static one => one.Telltale), exchange.Wire.Up, "no message is on the wire up");
            checks.Absent(exchanges.Select(static one => one.Telltale), exchange.Wire.Down, "no message is on the wire down");
        }
        checks.That(view.Entropy > LooksRandom, "what the records carry looks random", $"{view.Entropy:0.0000} of 8 bits per byte");
        return view;
    }

    private static void Operator(List<Exchange> exchanges, Checks checks)
    {
        foreach (var exchange in exchanges)
        {
            var status = ClientHelloReader.Read(exchange.Signal.Received, out var hello);
            checks.That(
                status == HelloStatus.Hello && hello!.ServerName == exchange.Host,
                $"the operator sees the name {exchange.Host}",
                $"it is {hello?.ServerName ?? "missing"}");
            checks.Absent([exchange.Telltale], exchange.Signal.Received, $"the operator cannot read the message to {exchange.Host}");
            checks.Absent([exchange.Telltale], exchange.Signal.Sent, $"the operator cannot read the answer of {exchange.Host}");
        }
    }

    private static void Signal(List<Exchange> exchanges, Checks checks)
    {
        foreach (var exchange in exchanges)
        {
            checks.That(
                exchange.Signal.Messages.Count == 1, $"{exchange.Host} gets one message", $"there are {exchange.Signal.Messages.Count}");
            checks.Same(exchange.Message, exchange.Signal.Messages[0], $"{exchange.Host} gets the message unchanged");
            checks.That(
                !exchange.Signal.From.Equals(DemoClient.Address),
                $"{exchange.Host} gets its connection from the proxy, not from the client",
                $"it came from {exchange.Signal.From}");
        }
    }

    private static async Task<DecoyVisit> VisitAsync(DemoStage stage, Checks checks, CancellationToken cancellationToken)
    {
        checks.Begin("an ordinary HTTPS request gets a web page");
        var visit = await DecoyVisit.RunAsync(stage, cancellationToken);
        checks.That(visit.StatusLine == "HTTP/1.1 200 OK", checks.Claim, visit.StatusLine);
        checks.That(
            visit.MediaType == "text/html" && visit.Page is { Title.Length: > 0, Lines.Count: > 0 }, "the web page has a title and text");
        checks.That(
            ClientHelloReader.Read(visit.Wire.Up, out var hello) == HelloStatus.Hello && hello!.ServerName == DemoStage.Domain,
            "the visitor uses the same name of the proxy as the client");
        checks.That(!stage.Signal.HasCaller, "the visitor does not reach Signal");
        return visit;
    }
}

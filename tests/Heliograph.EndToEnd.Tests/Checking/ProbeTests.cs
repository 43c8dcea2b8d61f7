using System.Net;
using System.Text;
using Heliograph.Checking;
using Heliograph.Testing.Nginx;

namespace Heliograph.EndToEnd.Tests.Checking;

/// <summary>The probe as the rest of the program uses it, and its parts that need no network.</summary>
public class ProbeTests
{
    [Fact(Timeout = Bound.Test)]
    public async Task A_few_routes_and_nothing_else_are_asked_for_in_process()
    {
        await using var check = new CheckedProxy();
        await using var pair = await SignalNginxPair.StartAsync(check.Certificate, check.Routes());
        var report = await ProxyCheck.RunAsync(Options(check, pair.Endpoint), progress: null, TimeProvider.System, Bound.Token);
        Assert.Equal((CheckVerdict.Works, true), (report.Verdict, report.Works));
        Assert.Equal(["tcp", "tls", "certificate", "route"], report.Steps.Select(static step => step.Step));
    }

    [Fact(Timeout = Bound.Test)]
    public async Task It_is_ended_early_by_whoever_asked()
    {
        await using var check = new CheckedProxy();
        using var ended = new CancellationTokenSource();
        await ended.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ProxyCheck.RunAsync(Options(check, check.Signal), progress: null, TimeProvider.System, ended.Token));
    }

    [Theory]
    [InlineData("proxy.example.org", "proxy.example.org", 443)]
    [InlineData(" Proxy.Example.ORG. ", "proxy.example.org", 443)]
    [InlineData("proxy.example.org:8443", "proxy.example.org", 8443)]
    [InlineData("bücher.example", "xn--bcher-kva.example", 443)]
    [InlineData("192.0.2.7", "192.0.2.7", 443)]
    [InlineData("192.0.2.7:8443", "192.0.2.7", 8443)]
    [InlineData("2001:DB8::7", "2001:db8::7", 443)]
    [InlineData("[2001:db8::7]", "2001:db8::7", 443)]
    [InlineData("[2001:db8::7]:8443", "2001:db8::7", 8443)]
    [InlineData("https://signal.tube/#proxy.example.org", "proxy.example.org", 443)]
    [InlineData("HTTPS://Signal.Tube/#proxy.example.org:8443", "proxy.example.org", 8443)]
    [InlineData("sgnl://signal.tube/#proxy.example.org", "proxy.example.org", 443)]
    [InlineData("signal.tube/#proxy.example.org", "proxy.example.org", 443)]
    [InlineData("https://signal.tube#[2001:db8::7]:8443", "2001:db8::7", 8443)]
    public void A_proxy_is_named_as_people_write_it(string text, string host, int port)
    {
        Assert.Null(ProxyAddress.Parse(text, out var address));
        Assert.Equal((host, port), (address.Host, address.Port));
    }

    [Theory]
    [InlineData("")]
    [InlineData(":443")]
    [InlineData("[::1")]
    [InlineData("[]")]
    [InlineData("proxy.example.org:65536")]
    [InlineData("proxy.example.org:x")]
    [InlineData("1.2.3")]
    [InlineData("-a.example")]
    [InlineData("https://signal.tube/#")]
    [InlineData("ftp://proxy.example.org")]
    [InlineData("0.0.0.0")]
    public void What_is_no_proxy_is_refused(string text) => Assert.NotNull(ProxyAddress.Parse(text, out _));

    [Theory]
    [InlineData("plain text", "plain text")]
    [InlineData("\u001b[31mred\u001b[0m", "?[31mred?[0m")]
    [InlineData("a\r\nb\tc\u0000", "a??b?c?")]
    [InlineData("left\u202etfel", "left?tfel")]
    [InlineData("[bold]no markup[/]", "[bold]no markup[/]")]
    [InlineData("Бюро", "Бюро")]
    public void What_a_server_says_is_made_fit_to_be_shown(string said, string shown) => Assert.Equal(shown, Untrusted.Line(said));

    [Fact]
    public void Half_a_letter_is_made_fit_to_be_shown_too() => Assert.Equal("lone ? half", Untrusted.Line($"lone {'\ud800'} half"));

    [Fact]
    public void What_a_server_says_is_cut_where_it_is_too_long() => Assert.Equal(new string('x', 80) + "...", Untrusted.Line(new string('x', 100_000)));

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nserver:  nginx \r\n\r\nServer: no header\r\n", 200, "200 OK (nginx)")]
    [InlineData("HTTP/1.0 301\r\nLocation: https://a.example/\r\n", 301, "301")]
    [InlineData("HTTP/1.1 400 Bad\u001b Request", 400, "400 Bad? Request")]
    public void The_head_of_an_answer_is_read(string answer, int status, string described)
    {
        var read = HttpAnswer.Read(Encoding.Latin1.GetBytes(answer));
        Assert.Equal((status, described), (read!.Status, read.Described));
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.")]
    [InlineData("HTTP/1.1\r\nServer: a name that is long enough\r\n\r\n")]
    [InlineData("HTTP/1.1 2x0 OK\r\n\r\n")]
    [InlineData("HTTP/2 200\r\n\r\n")]
    [InlineData("\r\n\r\nHTTP/1.1 200 OK\r\n\r\n")]
    public void What_is_no_answer_is_none(string answer) => Assert.Null(HttpAnswer.Read(Encoding.Latin1.GetBytes(answer)));

    private static CheckOptions Options(CheckedProxy check, IPEndPoint endpoint) => new()
    {
        Proxy = new ProxyAddress(endpoint.Address.ToString(), endpoint.Port),
        Routes = ["grpc.chat.signal.org"],
        CaRoots = [check.Authority.Root],
        AsStranger = false,
        Neutral = null,
    };
}

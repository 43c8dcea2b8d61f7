using System.Net;
using Heliograph.Checking;
using Heliograph.Configuration;
using Heliograph.Testing;
using Heliograph.Testing.Nginx;

namespace Heliograph.EndToEnd.Tests.Checking;

/// <summary>The probe as the rest of the program uses it.</summary>
public class ProbeTests
{
    [Fact(Timeout = Bound.Test)]
    public async Task Only_the_given_routes_are_requested_in_process()
    {
        await using var check = new CheckedProxy();
        await using var pair = await SignalNginxPair.StartAsync(check.Certificate, check.Routes());
        var report = await ProxyCheck.RunAsync(Options(check, pair.Endpoint), progress: null, TimeProvider.System, Bound.Token);
        Assert.Equal((CheckVerdict.Works, true), (report.Verdict, report.Works));
        Assert.Equal(["tcp", "tls", "certificate", "route"], report.Steps.Select(static step => step.Step));
    }

    [Fact(Timeout = Bound.Test)]
    public async Task The_caller_can_cancel_it()
    {
        await using var check = new CheckedProxy();
        using var ended = new CancellationTokenSource();
        await ended.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            ProxyCheck.RunAsync(Options(check, check.Signal), progress: null, TimeProvider.System, ended.Token));
    }

    private static CheckOptions Options(CheckedProxy check, IPEndPoint endpoint) => new()
    {
        Proxy = new ProxyAddress(endpoint.Address.ToString(), endpoint.Port),
        Routes = ["grpc.chat.signal.org"],
        CaRoots = [check.Authority.Root],
        AsStranger = false,
        Neutral = null,
    };
}

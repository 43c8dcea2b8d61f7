using System.Net;
using System.Net.Sockets;

namespace Heliograph.Testing.Bind;

/// <summary>
/// A real BIND, authoritative for a few zones, which logs every question. BIND listens on addresses of interfaces only, and resolv.conf
/// knows port 53 only: datagrams to port 53 of any loopback address are passed on to it.
/// </summary>
public sealed class ZoneServer : IAsyncDisposable
{
    private static readonly TimeSpan StartBound = TimeSpan.FromSeconds(30);

    private readonly TempDirectory directory = new();
    private readonly ChildProcess process;
    private readonly Socket front = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly CancellationTokenSource stop = new();
    private readonly IPEndPoint bind = LoopbackPort.Free();
    private Task passing = Task.CompletedTask;

    private ZoneServer(IPAddress address, IReadOnlyDictionary<string, string> zones)
    {
        var program = Named.Find();
        foreach (var (zone, records) in zones)
        {
            directory.Write(zone, $"""
                $TTL 60
                @ IN SOA ns.{zone}. hostmaster.{zone}. 1 60 60 60 60
                @ IN NS ns.{zone}.
                ns IN A {address}
                {records}

                """);
        }
        var config = directory.Write("named.conf", $$"""
            options {
                directory "{{directory.Path}}";
                listen-on port {{bind.Port}} { 127.0.0.1; };
                listen-on-v6 { none; };
                pid-file none;
                session-keyfile "{{directory["session.key"]}}";
                recursion no;
                dnssec-validation no;
                empty-zones-enable no;
                querylog yes;
            };
            controls { };
            {{string.Concat(zones.Keys.Select(zone => $"zone \"{zone}\" {{ type primary; file \"{directory[zone]}\"; }};\n"))}}
            """);
        front.Bind(new IPEndPoint(address, 53));
        process = ChildProcess.Start(program, ["-g", "-c", config, "-n", "1"], directory.Path);
    }

    /// <summary>Every question that was asked.</summary>
    public IReadOnlyList<string> Questions =>
        [.. process.AllOutput.Split('\n').Where(static line => line.Contains(" query: ", StringComparison.Ordinal))];

    /// <param name="address">Of loopback, and nobody else's.</param>
    /// <param name="zones">Each zone's own records, as a zone file has them.</param>
    public static async Task<ZoneServer> StartAsync(IPAddress address, IReadOnlyDictionary<string, string> zones)
    {
        var server = new ZoneServer(address, zones);
        try
        {
            await server.process.WaitForLineAsync(line => line.EndsWith(" running", StringComparison.Ordinal), StartBound);
            server.passing = server.PassAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await passing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        front.Dispose();
        stop.Dispose();
        await process.DisposeAsync();
        directory.Dispose();
    }

    private async Task PassAsync()
    {
        var question = new byte[ushort.MaxValue];
        while (true)
        {
            var asked = await front.ReceiveFromAsync(question, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), stop.Token);
            _ = AnswerAsync(question[..asked.ReceivedBytes], asked.RemoteEndPoint);
        }
    }

    private async Task AnswerAsync(byte[] question, EndPoint asker)
    {
        try
        {
            using var back = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            await back.ConnectAsync(bind, stop.Token);
            await back.SendAsync(question, stop.Token);
            var answer = new byte[ushort.MaxValue];
            var length = await back.ReceiveAsync(answer, stop.Token);
            await front.SendToAsync(answer.AsMemory(0, length), SocketFlags.None, asker, stop.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test has ended.
        }
    }
}

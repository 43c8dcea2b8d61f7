using System.Diagnostics;
using Heliograph.Testing;

namespace Heliograph.EndToEnd.Tests.Systemd;

/// <summary>What clients notice of a restart when systemd holds the listening sockets: a moment's wait.</summary>
public sealed class UpgradeTests
{
    private const int Clients = 200;
    private const int Restarts = 10;

    /// <summary>Answers between two restarts: each client is somewhere in its connection.</summary>
    private const int AnswersBetween = Clients;
    private const string Host = "storage.signal.org";

    [Fact(Timeout = Bound.UpgradeTest)]
    public async Task While_200_clients_connect_all_the_time_the_service_restarts_ten_times_and_nobody_is_refused_or_reset()
    {
        await using var upstream = StandInSignal.StartRaw(StandInBehaviour.EchoAsync);
        await using var service = new ManagedService();
        // Generous for a busy machine: connected clients finish at once, so neither timeout is ever waited for.
        service.Start($$"""
            routes: { sets: [], hosts: { {{Host}}: "{{upstream.Endpoint}}" } }
            limits: { drain_timeout: 60s, handover_timeout: 60s }
            """);
        await service.Notify.WaitForAsync("READY=1");

        var hello = await InnerHello.ForAsync(Host);
        var answers = new Answers();
        using var enough = new CancellationTokenSource();
        var clients = Enumerable.Range(0, Clients).Select(_ => ConnectAgainAndAgainAsync(service, hello, answers, enough.Token)).ToList();
        var processes = new HashSet<string>(StringComparer.Ordinal);
        var clock = Stopwatch.StartNew();
        for (var restart = 0; restart < Restarts; restart++)
        {
            await answers.WaitForMoreAsync(AnswersBetween, clients);
            service.Manager.Signal(Processes.SIGUSR1);
            await service.Notify.WaitForAsync("STOPPING=1");
            await service.Notify.WaitForAsync("READY=1");
        }
        await answers.WaitForMoreAsync(AnswersBetween, clients);
        await enough.CancelAsync();
        var failures = (await Task.WhenAll(clients)).Where(static failure => failure is not null).ToList();

        Assert.True(
            failures.Count == 0,
            $"{failures.Count} of {Clients} clients failed after {answers.Count} answers in {clock.Elapsed}; the first: " +
            $"{failures.FirstOrDefault()}");
        Assert.Equal(Restarts, service.Manager.Output.Split("ended with 0, signal 0").Length - 1);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task A_client_of_the_next_process_waits_no_longer_than_the_handover_timeout_for_a_connection_that_does_not_end()
    {
        await using var upstream = StandInSignal.StartRaw(StandInBehaviour.EchoAsync);
        await using var service = new ManagedService();
        service.Start($$"""
            routes: { sets: [], hosts: { {{Host}}: "{{upstream.Endpoint}}" } }
            limits: { drain_timeout: 1h, handover_timeout: 200ms }
            """);
        await service.Notify.WaitForAsync("READY=1");
        var hello = await InnerHello.ForAsync(Host);
        await using var stays = await service.ConnectAsync(Host, hello);

        service.Manager.Signal(Processes.SIGUSR1);
        var stopping = await service.Notify.WaitForAsync("STOPPING=1");
        Assert.Contains("STATUS=draining, up to 8 connections left", stopping);
        Assert.Contains("EXTEND_TIMEOUT_USEC=30000000", stopping);
        // No client is waiting yet: the connection continues.
        await stays.Outer.WriteAsync(hello, Bound.Token);
        await stays.Outer.ReadExactlyAsync(new byte[hello.Length], Bound.Token);

        await using var waits = await service.ConnectAsync(Host, hello);
        await service.Manager.WaitForLineAsync(
            static line => line.EndsWith("ended with 0, signal 0", StringComparison.Ordinal), Bound.Prompt);
        await service.Manager.WaitForLineAsync(
            static line => line.Contains("Stopped; connections closed before they finished: up to 8", StringComparison.Ordinal),
            Bound.Prompt);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task The_next_process_also_answers_plain_HTTP_and_its_listening_socket_stays_the_same()
    {
        await using var service = new ManagedService();
        service.Start("routes: { hosts: { a.example: \"127.0.0.1:9\" }, sets: [] }");
        await service.Notify.WaitForAsync("READY=1");
        for (var restart = 0; restart < 3; restart++)
        {
            service.Manager.Signal(Processes.SIGUSR1);
            // Either process may answer; a connection that arrives between the two waits in the queue.
            Assert.StartsWith("HTTP/1.1 301", await GetAsync(service), StringComparison.Ordinal);
            await service.Notify.WaitForAsync("READY=1");
            Assert.StartsWith("HTTP/1.1 301", await GetAsync(service), StringComparison.Ordinal);
        }
    }

    private static async Task<string> GetAsync(ManagedService service)
    {
        using var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync(service.Http, Bound.Token);
        await client
            .GetStream()
            .WriteAsync(
                System.Text.Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: {Proxy.Name}\r\nConnection: close\r\n\r\n"), Bound.Token);
        using var reader = new StreamReader(client.GetStream());
        return await reader.ReadToEndAsync(Bound.Token);
    }

    /// <returns>What failed; null: every connection got its echo.</returns>
    private static async Task<Exception?> ConnectAgainAndAgainAsync(
        ManagedService service, byte[] hello, Answers answers, CancellationToken cancellationToken)
    {
        try
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                await using var client = await service.ConnectAsync(Host, hello);
                answers.Add();
            }
            return null;
        }
        catch (Exception exception)
        {
            return exception;
        }
    }

    /// <summary>Counts the answers.</summary>
    private sealed class Answers
    {
        private readonly Lock sync = new();
        private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public long Count { get; private set; }

        public void Add()
        {
            TaskCompletionSource one;
            lock (sync)
            {
                Count++;
                one = changed;
                changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }
            one.SetResult();
        }

        /// <summary>Returns at once if a client has failed: the test reports the failure at the end.</summary>
        public async Task WaitForMoreAsync(int more, IReadOnlyList<Task<Exception?>> clients)
        {
            var target = Count + more;
            var failure = Task.WhenAny(clients);
            while (Count < target && !failure.IsCompleted)
            {
                Task change;
                lock (sync)
                    change = changed.Task;
                if (Count < target)
                    await Task.WhenAny(change, failure);
            }
        }
    }
}

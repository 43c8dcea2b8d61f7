using Heliograph.Testing;

namespace Heliograph.EndToEnd.Tests.Padding;

/// <summary>
/// One conversation of a Signal client within the outer TLS, flight by flight: a hello that was recorded, and behind it as many bytes as a
/// handshake and two requests have. What they say does not matter to somebody who sees lengths only. It ends where the rules decide about
/// the handshake: they look at the flights behind it too, and what those have is the application's.
/// </summary>
/// <param name="Hello">The inner ClientHello.</param>
/// <param name="Handshake">The host's flight: today Signal's has about 3,580 bytes.</param>
/// <param name="Request">The client's Finished and first request.</param>
/// <param name="Answer">The host's answer.</param>
/// <param name="SecondRequest">The client's second request.</param>
internal sealed record Conversation(byte[] Hello, int Handshake, int Request, int Answer, int SecondRequest)
{
    private const string Hellos = "tests/Heliograph.Tls13.Tests/Fixtures/client-hellos/";

    /// <summary>Conversations of one client whose lengths vary as those of requests do, the same ones every time.</summary>
    public static IReadOnlyList<Conversation> Of(string recordedHello, int count)
    {
        var hello = File.ReadAllBytes(Repository.PathOf($"{Hellos}{recordedHello}.bin"));
        var random = new Random(20261127);
        return
        [
            .. Enumerable.Range(0, count).Select(_ => new Conversation(
                hello,
                random.Next(3_560, 3_601),
                80 + random.Next(40, 601),
                random.Next(250, 2_501),
                random.Next(100, 901))),
        ];
    }

    /// <summary>The client's part.</summary>
    public async Task SpeakAsync(Stream stream)
    {
        await stream.WriteAsync(Hello, Bound.Token);
        await stream.ReadExactlyAsync(new byte[Handshake], Bound.Token);
        await stream.WriteAsync(new byte[Request], Bound.Token);
        await stream.ReadExactlyAsync(new byte[Answer], Bound.Token);
        await stream.WriteAsync(new byte[SecondRequest], Bound.Token);
    }

    /// <summary>Signal's part.</summary>
    public async Task AnswerAsync(StandInConnection connection)
    {
        await connection.Data.ReadExactlyAsync(new byte[Hello.Length], connection.Stopping);
        await connection.Data.WriteAsync(new byte[Handshake], connection.Stopping);
        await connection.Data.ReadExactlyAsync(new byte[Request], connection.Stopping);
        await connection.Data.WriteAsync(new byte[Answer], connection.Stopping);
        await connection.Data.ReadExactlyAsync(new byte[SecondRequest], connection.Stopping);
    }
}

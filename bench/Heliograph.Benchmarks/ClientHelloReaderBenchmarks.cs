using BenchmarkDotNet.Attributes;
using Heliograph.Tls13.Hello;

namespace Heliograph.Benchmarks;

/// <summary>What reading a hello costs: once per connection, and once more for each read that brought only a part of it.</summary>
[MemoryDiagnoser]
public class ClientHelloReaderBenchmarks
{
    private readonly byte[] libsignal = Load("inner-production-chat-auth");
    private readonly byte[] postQuantum = Load("inner-emul-firefox_149-cdn2");
    private readonly byte[] garbage = [.. "GET / HTTP/1.1\r\nHost: example.org\r\n\r\n"u8];
    private byte[] fragmented = [];
    private byte[] truncated = [];

    [GlobalSetup]
    public void CutHellos()
    {
        truncated = postQuantum[..^1];
        var message = postQuantum.AsSpan(5);
        var records = new List<byte>();
        for (; !message.IsEmpty; message = message[Math.Min(100, message.Length)..])
        {
            var fragment = message[..Math.Min(100, message.Length)];
            records.AddRange([22, 3, 1, 0, (byte)fragment.Length]);
            records.AddRange(fragment);
        }

        fragmented = [.. records];
    }

    [Benchmark(Description = "libsignal, 217 B")]
    public object? Libsignal() => Read(libsignal);

    [Benchmark(Description = "post-quantum, 1.8 KB")]
    public object? PostQuantum() => Read(postQuantum);

    [Benchmark(Description = "post-quantum in 18 records")]
    public object? Fragmented() => Read(fragmented);

    [Benchmark(Description = "post-quantum but for its last byte")]
    public bool Truncated() => ClientHelloReader.Read(truncated, out _) == HelloStatus.Hello;

    [Benchmark(Description = "an HTTP request")]
    public bool Garbage() => ClientHelloReader.Read(garbage, out _) == HelloStatus.Hello;

    private static ClientHello Read(byte[] bytes) =>
        ClientHelloReader.Read(bytes, out var hello) == HelloStatus.Hello
            ? hello!
            : throw new InvalidOperationException("The hello was not read.");

    private static byte[] Load(string name) => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "client-hellos", name + ".bin"));
}

using Heliograph.Fuzz.Targets;

namespace Heliograph.Fuzz;

/// <summary>
/// Throws <see cref="FaultException"/> if the code under test has broken a promise; any other exception is a fault as well.
/// </summary>
internal delegate void FuzzCheck(ReadOnlySpan<byte> input);

/// <summary>Something that reads bytes from outside, with what must hold whatever they are.</summary>
/// <param name="Name">As on the command line, and the name of its folder in <c>corpus</c>.</param>
/// <param name="Description">One line for <c>./bench/fuzz list</c>.</param>
/// <param name="Check">Gives the bytes to the code under test and checks what came of it. Keeps nothing between two calls.</param>
internal sealed record FuzzTarget(string Name, string Description, FuzzCheck Check)
{
    /// <summary>Finds a planted fault, to show that coverage is followed. It is no part of the program, and not listed.</summary>
    private static readonly FuzzTarget SelfTest =
        new("self-test", "a planted fault, behind four bytes that only coverage leads to", PlantedFault.Check);

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("hello", "the ClientHello reader, and the handshake that answers what it read", HelloTarget.Check) { LargestInput = 20 * 1024 },
        new("key-update", "TLS 1.3 records after the handshake: data, alerts and KeyUpdates", KeyUpdateTarget.Check),
        new("proxy-header", "the PROXY protocol, versions 1 and 2", ProxyHeaderTarget.Check),
        new("upstream-proxy", "what a SOCKS5 or HTTP proxy answers", UpstreamProxyTarget.Check) { LargestInput = 10 * 1024 },
        new("http1", "HTTP/1 request heads and bodies, and the answers to them", Http1Target.Check) { LargestInput = 40 * 1024 },
        new("http2", "HTTP/2 sessions, frame by frame", Http2Target.Check) { LargestInput = 48 * 1024 },
        new("hpack", "HPACK header blocks and their Huffman code", HpackTarget.Check),
        new("pem", "certificate chains and keys in PEM", PemTarget.Check),
        new("yaml", "the configuration file", YamlTarget.Check),
        new("acme", "what a certificate authority answers", AcmeTarget.Check),
        new("host-list", "the list of hosts", HostListTarget.Check),
        new("prefix-list", "a list of sources", PrefixListTarget.Check),
        new("country-database", "a database of countries (MMDB), and the addresses that are looked up in it", CountryDatabaseTarget.Check),
        new("minisign", "minisign's signatures and public keys", MinisignTarget.Check),
        new("dns", "DNS answers and their TSIG signatures", DnsTarget.Check),
        new("etcd", "what etcd answers, and the lines of its watches", EtcdTarget.Check),
        new("sealed", "what a fleet shares: sealed documents, and the groups in one", SealedTarget.Check),
    ];

    /// <summary>The most bytes that afl-fuzz tries: where a reader has a bound, just above it. Longer inputs only cost time.</summary>
    public int LargestInput { get; init; } = 8 * 1024;

    public static FuzzTarget? Find(string name) => All.Append(SelfTest).FirstOrDefault(target => target.Name == name);
}

using Heliograph.Testing.Tls13;
using static Heliograph.Testing.Fingerprints.HelloBytes;
using static Heliograph.Testing.Tls13.RawHello;

namespace Heliograph.Relay.Tests.OuterTls.Handshakes;

/// <summary>Well-formed hellos, with everything that a client may choose.</summary>
internal static class HelloCases
{
    private const ushort Grease = 0x4a4a, X25519MlKem768 = 0x11ec;

    // An OpenSSL that does not know the group does not look at the key.
    private static readonly byte[] HybridShare = ClientShare.X25519MlKem768?.Entry ?? Share(X25519MlKem768, 1216);

    public static IReadOnlyDictionary<string, RawHello> All { get; } =
        new Dictionary<string, RawHello>
        {
            ["nothing unusual"] = Ordinary,
            ["no server_name"] = Ordinary.Without(ServerNames),
            ["a server_name in capitals"] = Ordinary.Named("PROXY.Example"),
            ["a server_name with a dot at its end"] = Ordinary.Named("proxy.example."),
            ["another server_name"] = Ordinary.Named("chat.signal.org"),
            ["an address as server_name"] = Ordinary.Named("127.0.0.1"),
            ["an IPv6 address as server_name"] = Ordinary.Named("[::1]"),
            ["a server_name with odd characters"] = Ordinary.Named("a b/\\\"%.example"),
            ["a server_name with bytes above ASCII"] = Ordinary.Named("\u00fc\u00ff.example"),
            ["a server_name of 255 bytes"] = Ordinary.Named(new string('a', 255)),
            ["a server_name of 256 bytes"] = Ordinary.Named(new string('a', 256)),
            ["a server_name with a zero in it"] = Ordinary.Named("proxy\0.example"),
            ["a server_name of one byte"] = Ordinary.Named("a"),
            ["a server_name that is a dot"] = Ordinary.Named("."),
            ["a server_name with two dots"] = Ordinary.Named("proxy..example"),
            ["a server_name with a port"] = Ordinary.Named("proxy.example:443"),
            ["a server_name that is half an address"] = Ordinary.Named("[::1"),
            ["ALPN h2"] = Ordinary.WithProtocols("h2"),
            ["ALPN http/1.1"] = Ordinary.WithProtocols("http/1.1"),
            ["ALPN http/1.0"] = Ordinary.WithProtocols("http/1.0"),
            ["ALPN http/0.9"] = Ordinary.WithProtocols("http/0.9"),
            ["ALPN h2 and http/1.1"] = Ordinary.WithProtocols("h2", "http/1.1"),
            ["ALPN http/1.1 and h2"] = Ordinary.WithProtocols("http/1.1", "h2"),
            ["ALPN with an unknown protocol first"] = Ordinary.WithProtocols("spdy/3", "http/1.1"),
            ["ALPN with GREASE first"] = Ordinary.WithProtocols("\u000a\u000a", "h2"),
            ["ALPN with an unknown protocol only"] = Ordinary.WithProtocols("spdy/3"),
            ["ALPN in capitals"] = Ordinary.WithProtocols("H2"),
            ["ALPN acme-tls/1"] = Ordinary.WithProtocols("acme-tls/1"),
            ["ALPN acme-tls/1 and http/1.1"] = Ordinary.WithProtocols("acme-tls/1", "http/1.1"),
            ["ALPN h2 and no server_name"] = Ordinary.Without(ServerNames).WithProtocols("h2"),
            ["no psk_key_exchange_modes"] = Ordinary.Without(PskModes),
            ["psk_ke only"] = Ordinary.With(PskModes, 1, 0),
            ["psk_ke and psk_dhe_ke"] = Ordinary.With(PskModes, 2, 0, 1),
            ["psk_dhe_ke and psk_ke"] = Ordinary.With(PskModes, 2, 1, 0),
            ["unknown psk_key_exchange_modes only"] = Ordinary.With(PskModes, 2, 7, 0x2a),
            ["unknown psk_key_exchange_modes and psk_dhe_ke"] = Ordinary.With(PskModes, 3, 0x2a, 7, 1),
            ["an empty legacy_session_id"] = Ordinary with { SessionId = [] },
            ["a legacy_session_id of one byte"] = Ordinary with { SessionId = [1] },
            ["TLS_AES_128_GCM_SHA256 only"] = Ordinary with { Suites = [0x1301] },
            ["TLS_AES_256_GCM_SHA384 only"] = Ordinary with { Suites = [0x1302] },
            ["TLS_CHACHA20_POLY1305_SHA256 only"] = Ordinary with { Suites = [0x1303] },
            ["TLS_AES_128_CCM_SHA256 only"] = Ordinary with { Suites = [0x1304] },
            ["TLS_AES_128_CCM_8_SHA256 only"] = Ordinary with { Suites = [0x1305] },
            ["the suites from 1303 down"] = Ordinary with { Suites = [0x1303, 0x1302, 0x1301] },
            ["the suites 1302, 1303, 1301"] = Ordinary with { Suites = [0x1302, 0x1303, 0x1301] },
            ["the suites 1303, 1301"] = Ordinary with { Suites = [0x1303, 0x1301] },
            ["a suite twice"] = Ordinary with { Suites = [0x1302, 0x1302, 0x1301] },
            ["GREASE and unknown suites between"] = Ordinary with { Suites = [Grease, 0x1304, 0xffff, 0x1303, 0x00ff, 0x5600, 0x1301] },
            ["suites of TLS 1.2 first"] = Ordinary with { Suites = [0xc02b, 0xc02f, 0x1302, 0x1301] },
            ["suites of TLS 1.2 only"] = Ordinary with { Suites = [0xc02b, 0xc02f] },
            ["no suite that the server knows"] = Ordinary with { Suites = [Grease, 0x0001] },
            ["TLS_FALLBACK_SCSV"] = Ordinary with { Suites = [0x1301, 0x5600] },
            ["TLS_EMPTY_RENEGOTIATION_INFO_SCSV"] = Ordinary with { Suites = [0x1301, 0x00ff] },
            ["1,000 unknown suites first"] = Ordinary with
            {
                Suites = [.. Enumerable.Range(0x2000, 1000).Select(static suite => (ushort)suite), 0x1301],
            },
            ["X25519 then P-256"] = Ordinary.WithShares(ClientShare.X25519, ClientShare.P256),
            ["P-256 then X25519"] = Ordinary.WithShares(ClientShare.P256, ClientShare.X25519),
            ["P-256 then X25519, and so the groups"] = Ordinary.WithShares(ClientShare.P256, ClientShare.X25519).WithGroups(0x0017, 0x001d),
            ["P-256 only"] = Ordinary.WithShares(ClientShare.P256),
            ["P-256 only, and X25519 is no group"] = Ordinary.WithShares(ClientShare.P256).WithGroups(0x0017),
            ["P-384 only"] = Ordinary.WithShares(ClientShare.P384).WithGroups(0x0018),
            ["P-384, and X25519 before it among the groups"] = Ordinary.WithShares(ClientShare.P384).WithGroups(0x001d, 0x0018),
            ["P-521 only"] = Ordinary.WithShares(ClientShare.P521).WithGroups(0x0019),
            ["X448 only"] = Ordinary.WithShares(ClientShare.X448).WithGroups(0x001e),
            ["X448 then X25519"] = Ordinary.WithShares(ClientShare.X448, ClientShare.X25519).WithGroups(0x001e, 0x001d),
            ["X25519MLKEM768 then X25519"] = Ordinary
                .WithGroups(X25519MlKem768, 0x001d, 0x0017)
                .With(KeyShare, Vector16([.. HybridShare, .. ClientShare.X25519.Entry])),
            ["X25519 then X25519MLKEM768"] = Ordinary
                .WithGroups(X25519MlKem768, 0x001d, 0x0017)
                .With(KeyShare, Vector16([.. ClientShare.X25519.Entry, .. HybridShare])),
            ["X25519MLKEM768 only"] = Ordinary.WithGroups(X25519MlKem768, 0x001d).With(KeyShare, Vector16(HybridShare)),
            ["X25519MLKEM768 only, and no other group"] = Ordinary
                .WithGroups(X25519MlKem768)
                .With(KeyShare, Vector16(HybridShare)),
            ["GREASE then X25519"] = Ordinary
                .WithGroups(Grease, 0x001d, 0x0017)
                .With(KeyShare, Vector16([.. Share(Grease, 1), .. ClientShare.X25519.Entry])),
            ["X25519, which is not in supported_groups"] = Ordinary.WithGroups(0x0017),
            ["X25519, and supported_groups has it last"] = Ordinary.WithGroups(0x0017, 0x0018, 0x0019, 0x001d),
            ["X25519, and supported_groups has it twice"] = Ordinary.WithGroups(0x001d, 0x001d),
            ["shares in another order than the groups"] = Ordinary
                .WithShares(ClientShare.X25519, ClientShare.P256)
                .WithGroups(0x0017, 0x001d),
            ["no key share"] = Ordinary.With(KeyShare, 0, 0),
            ["no key share, and P-384 the first group"] = Ordinary.With(KeyShare, 0, 0).WithGroups(0x0018, 0x001d),
            ["no key share, and no group that the server knows"] = Ordinary.With(KeyShare, 0, 0).WithGroups(Grease),
            ["no key_share extension"] = Ordinary.Without(KeyShare),
            ["no supported_groups"] = Ordinary.Without(SupportedGroups),
            ["neither key_share nor supported_groups"] = Ordinary.Without(KeyShare, SupportedGroups),
            ["two X25519 shares"] = Ordinary.WithShares(ClientShare.X25519, ClientShare.X25519),
            ["two P-256 shares behind an X25519 share"] = Ordinary.WithShares(ClientShare.X25519, ClientShare.P256, ClientShare.P256),
            ["two shares of an unknown group"] = Ordinary
                .WithGroups(Grease, 0x001d)
                .With(KeyShare, Vector16([.. Share(Grease, 1), .. Share(Grease, 1), .. ClientShare.X25519.Entry])),
            ["an X25519 share of 31 bytes"] = Ordinary.With(KeyShare, Vector16(Share(0x001d, 31))),
            ["an X25519 share of 33 bytes"] = Ordinary.With(KeyShare, Vector16(Share(0x001d, 33))),
            ["an X25519 share of 31 bytes behind P-256"] = Ordinary.With(
                KeyShare, Vector16([.. ClientShare.P256.Entry, .. Share(0x001d, 31)])),
            ["an X25519 share of one byte"] = Ordinary.With(KeyShare, Vector16(Share(0x001d, 1))),
            ["an empty X25519 share"] = Ordinary.With(KeyShare, Vector16(Share(0x001d, 0))),
            ["an X25519 share of zeros"] = Ordinary.With(KeyShare, Vector16([.. UInt16(0x001d), .. Vector16(new byte[32])])),
            ["an X25519 share of order 8"] = Ordinary.With(
                KeyShare,
                Vector16([
                    .. UInt16(0x001d),
                    .. Vector16(Convert.FromHexString("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800")),
                ])),
            ["an X25519 share of one"] = Ordinary.With(KeyShare, Vector16([.. UInt16(0x001d), .. Vector16([1, .. new byte[31]])])),
            ["an X25519 share of p"] = Ordinary.With(
                KeyShare, Vector16([.. UInt16(0x001d), .. Vector16([0xed, .. Filled(30, 0xff), 0x7f])])),
            ["an X25519 share with its highest bit set"] = Ordinary.With(
                KeyShare,
                Vector16([
                    .. UInt16(0x001d),
                    .. Vector16([.. ClientShare.X25519.PublicKey[..31], (byte)(ClientShare.X25519.PublicKey[31] | 0x80)]),
                ])),
            ["a P-256 share that is no point"] = Ordinary.With(KeyShare, Vector16([.. UInt16(0x0017), .. Vector16([4, .. Filled(64, 1)])])),
            ["a compressed P-256 share"] = Ordinary.With(
                KeyShare, Vector16([.. UInt16(0x0017), .. Vector16([2, .. ClientShare.P256.PublicKey[1..33]])])),
            ["no signature_algorithms"] = Ordinary.Without(SignatureAlgorithms),
            ["signature_algorithms without ecdsa_secp256r1_sha256"] = Ordinary.With(
                SignatureAlgorithms, Vector16(UInt16s([0x0804, 0x0401]))),
            ["signature_algorithms with another curve's"] = Ordinary.With(SignatureAlgorithms, Vector16(UInt16s([0x0503, 0x0603]))),
            ["signature_algorithms with ecdsa_sha1"] = Ordinary.With(SignatureAlgorithms, Vector16(UInt16s([0x0203]))),
            ["signature_algorithms with ecdsa_secp256r1_sha256 last"] = Ordinary.With(
                SignatureAlgorithms, Vector16(UInt16s([0x0806, 0x0503, Grease, 0x0403]))),
            ["signature_algorithms with ed25519 first"] = Ordinary.With(SignatureAlgorithms, Vector16(UInt16s([0x0807, 0x0403]))),
            ["signature_algorithms with unknown ones only"] = Ordinary.With(SignatureAlgorithms, Vector16(UInt16s([Grease, 0xfefe]))),
            ["signature_algorithms_cert without ecdsa"] = Ordinary.And(50, Vector16(UInt16s([0x0804]))),
            ["signature_algorithms_cert with ecdsa"] = Ordinary.And(50, Vector16(UInt16s([0x0403]))),
            ["legacy_version 0301"] = Ordinary with { LegacyVersion = 0x0301 },
            ["legacy_version 0302"] = Ordinary with { LegacyVersion = 0x0302 },
            ["legacy_version 0304"] = Ordinary with { LegacyVersion = 0x0304 },
            ["legacy_version 0300"] = Ordinary with { LegacyVersion = 0x0300 },
            ["legacy_version 0200"] = Ordinary with { LegacyVersion = 0x0200 },
            ["legacy_version 0403"] = Ordinary with { LegacyVersion = 0x0403 },
            ["the compressions null and deflate"] = Ordinary with { Compressions = [0, 1] },
            ["the compressions deflate and null"] = Ordinary with { Compressions = [1, 0] },
            ["the compression deflate only"] = Ordinary with { Compressions = [1] },
            ["the compression null twice"] = Ordinary with { Compressions = [0, 0] },
            ["no compression"] = Ordinary with { Compressions = [] },
            ["supported_versions 1.3 and 1.2"] = Ordinary.With(Versions, Vector8(UInt16s([0x0304, 0x0303]))),
            ["supported_versions 1.2 and 1.3"] = Ordinary.With(Versions, Vector8(UInt16s([0x0303, 0x0304]))),
            ["supported_versions 1.2 only"] = Both.With(Versions, Vector8(UInt16s([0x0303]))),
            ["supported_versions 1.1 only"] = Both.With(Versions, Vector8(UInt16s([0x0302]))),
            ["supported_versions with GREASE"] = Ordinary.With(Versions, Vector8(UInt16s([Grease, 0x0304]))),
            ["supported_versions with GREASE only"] = Ordinary.With(Versions, Vector8(UInt16s([Grease]))),
            ["supported_versions of a draft"] = Ordinary.With(Versions, Vector8(UInt16s([0x7f1c]))),
            ["supported_versions of a draft and 1.3"] = Ordinary.With(Versions, Vector8(UInt16s([0x7f1c, 0x0304]))),
            ["supported_versions 1.3 twice"] = Ordinary.With(Versions, Vector8(UInt16s([0x0304, 0x0304]))),
            ["supported_versions 1.4 and 1.3"] = Ordinary.With(Versions, Vector8(UInt16s([0x0305, 0x0304]))),
            ["supported_versions 1.4 only"] = Both.With(Versions, Vector8(UInt16s([0x0305]))),
            ["no supported_versions"] = Both.Without(Versions),
            ["no supported_versions, and suites of TLS 1.3 only"] = Ordinary.Without(Versions),
            ["no extensions"] = Both with { Extensions = [] },
            ["the extensions in the opposite order"] = Ordinary with { Extensions = [.. Ordinary.Extensions.Reverse()] },
            ["supported_versions first"] = Ordinary.Without(Versions) with
            {
                Extensions = [new(Versions, [2, 3, 4]), .. Ordinary.Without(Versions).Extensions],
            },
        };

    /// <summary>A hello that a server of TLS 1.2 would accept, too.</summary>
    private static RawHello Both => Ordinary with { Suites = [0x1301, 0x1302, 0xc02b, 0xc02f] };

    /// <summary>A share of an unknown group, or of a wrong length.</summary>
    private static byte[] Share(int group, int length) => [.. UInt16(group), .. Vector16(Filled(length, 9))];
}

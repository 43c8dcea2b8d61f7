using Heliograph.Testing.Tls13;
using static Heliograph.Testing.Fingerprints.HelloBytes;
using static Heliograph.Testing.Tls13.RawHello;

namespace Heliograph.Relay.Tests.OuterTls.Handshakes;

/// <summary>Each extension that OpenSSL 3.0 knows, and some that it does not know: with right and with wrong data.</summary>
internal static class ExtensionCases
{
    private const int MaxFragmentLength = 1, PointFormats = 11, EncryptThenMac = 22, SessionTicket = 35, Cookie = 44,
    Renegotiation = 0xff01;

    /// <summary>Right data.</summary>
    private static readonly Dictionary<string, (int Type, byte[] Data)> Known = new()
    {
        ["server_name"] = (ServerNames, HostNames("proxy.example")),
        ["max_fragment_length"] = (MaxFragmentLength, [1]),
        ["status_request"] = (StatusRequest, [1, 0, 0, 0, 0]),
        ["supported_groups"] = (SupportedGroups, Vector16(UInt16s([0x001d, 0x0017]))),
        ["ec_point_formats"] = (PointFormats, [1, 0]),
        ["srp"] = (12, [1, 97]),
        ["signature_algorithms"] = (SignatureAlgorithms, Vector16(UInt16s([0x0403, 0x0804]))),
        ["use_srtp"] = (14, [0, 2, 0, 1, 0]),
        ["heartbeat"] = (15, [1]),
        ["ALPN"] = (ApplicationProtocols, [0, 9, 8, .. "http/1.1"u8]),
        ["status_request_v2"] = (17, [0, 7, 2, 0, 4, 0, 0, 0, 0]),
        ["signed_certificate_timestamp"] = (18, []),
        ["padding"] = (21, new byte[200]),
        ["encrypt_then_mac"] = (EncryptThenMac, []),
        ["extended_master_secret"] = (23, []),
        ["compress_certificate"] = (27, [2, 0, 2]),
        ["record_size_limit"] = (28, [0x40, 0x01]),
        ["session_ticket"] = (SessionTicket, []),
        ["early_data"] = (EarlyData, []),
        ["supported_versions"] = (Versions, [2, 3, 4]),
        ["cookie"] = (Cookie, [0, 2, 1, 2]),
        ["psk_key_exchange_modes"] = (PskModes, [1, 1]),
        ["certificate_authorities"] = (47, [0, 13, 0, 11, 0x30, 9, 0x31, 7, 0x30, 5, 6, 1, 1, 5, 0]),
        ["oid_filters"] = (48, [0, 0]),
        ["post_handshake_auth"] = (49, []),
        ["signature_algorithms_cert"] = (50, Vector16(UInt16s([0x0403, 0x0804]))),
        ["key_share"] = (KeyShare, Vector16(ClientShare.X25519.Entry)),
        ["quic_transport_parameters"] = (57, [1, 1, 1]),
        ["next_proto_neg"] = (13172, []),
        ["application_settings"] = (17613, [0, 3, 2, 0x68, 0x32]),
        ["encrypted_client_hello"] = (0xfe0d, [0, 0, 1, 0, 1, 7, 0, 1, 9, 0, 1, 9]),
        ["cryptopro_bug"] = (0xfde8, [0]),
        ["renegotiation_info"] = (Renegotiation, [0]),
        ["GREASE"] = (0x2a2a, [0]),
    };

    public static IReadOnlyDictionary<string, RawHello> All { get; } =
        new Dictionary<string, RawHello>(
            Known.SelectMany(static entry => Variants(entry.Key, entry.Value.Type, entry.Value.Data)).Concat(Particular()));

    private static IEnumerable<KeyValuePair<string, RawHello>> Variants(string name, int type, byte[] data)
    {
        yield return new(name, Ordinary.With(type, data));
        yield return new($"{name} twice", Ordinary.With(type, data).And(type, data));
        yield return new($"{name} and a byte more", Ordinary.With(type, [.. data, 0]));
        if (data.Length > 0)
            yield return new($"{name} and a byte less", Ordinary.With(type, data[..^1]));
        if (data.Length > 1)
            yield return new($"{name} of one byte", Ordinary.With(type, 0));
        if (data.Length > 0)
            yield return new($"{name} of no bytes", Ordinary.With(type));
    }

    private static Dictionary<string, RawHello> Particular() =>
        new()
        {
            ["server_name with an empty list"] = Ordinary.With(ServerNames, 0, 0),
            ["server_name with an empty name"] = Ordinary.Named(""),
            ["server_name with two names"] = Ordinary.With(ServerNames, Vector16([.. HostName("a.example"), .. HostName("b.example")])),
            ["server_name with a name of another type"] = Ordinary.With(ServerNames, Vector16(HostName("proxy.example", type: 1))),
            ["server_name with a name of another type behind"] = Ordinary.With(
                ServerNames, Vector16([.. HostName("proxy.example"), .. HostName("x", type: 1)])),
            ["max_fragment_length 0"] = Ordinary.With(MaxFragmentLength, 0),
            ["max_fragment_length 2"] = Ordinary.With(MaxFragmentLength, 2),
            ["max_fragment_length 3"] = Ordinary.With(MaxFragmentLength, 3),
            ["max_fragment_length 4"] = Ordinary.With(MaxFragmentLength, 4),
            ["max_fragment_length 5"] = Ordinary.With(MaxFragmentLength, 5),
            ["max_fragment_length and no server_name"] = Ordinary.Without(ServerNames).With(MaxFragmentLength, 4),
            ["status_request of an unknown type"] = Ordinary.With(StatusRequest, 2, 0, 0, 0, 0),
            ["status_request with a responder and extensions"] = Ordinary.With(StatusRequest, 1, 0, 3, 0, 1, 9, 0, 1, 9),
            ["status_request with an empty responder"] = Ordinary.With(StatusRequest, 1, 0, 2, 0, 0, 0, 0),
            ["supported_groups with an empty list"] = Ordinary.With(SupportedGroups, 0, 0),
            ["supported_groups with a list of three bytes"] = Ordinary.With(SupportedGroups, 0, 3, 0, 0x1d, 0),
            ["ec_point_formats without uncompressed"] = Ordinary.With(PointFormats, 1, 1),
            ["ec_point_formats with an empty list"] = Ordinary.With(PointFormats, 0),
            ["signature_algorithms with an empty list"] = Ordinary.With(SignatureAlgorithms, 0, 0),
            ["signature_algorithms with a list of three bytes"] = Ordinary.With(SignatureAlgorithms, 0, 3, 4, 3, 0),
            ["ALPN with an empty list"] = Ordinary.With(ApplicationProtocols, 0, 0),
            ["ALPN with an empty protocol"] = Ordinary.With(ApplicationProtocols, 0, 1, 0),
            ["ALPN with an empty protocol behind another"] = Ordinary.With(ApplicationProtocols, 0, 4, 2, 0x68, 0x32, 0),
            ["ALPN with a protocol that goes over the list"] = Ordinary.With(ApplicationProtocols, 0, 3, 3, 0x68, 0x32),
            ["session_ticket of 100 bytes"] = Ordinary.With(SessionTicket, new byte[100]),
            ["supported_versions with an empty list"] = Ordinary.With(Versions, 0),
            ["supported_versions with a list of three bytes"] = Ordinary.With(Versions, 3, 3, 4, 3),
            ["supported_versions of 254 bytes"] = Ordinary.With(Versions, Vector8([3, 4, .. Filled(252, 0x0a)])),
            ["cookie that is empty"] = Ordinary.With(Cookie, 0, 0),
            ["psk_key_exchange_modes with an empty list"] = Ordinary.With(PskModes, 0),
            ["certificate_authorities with an empty list"] = Ordinary.With(47, 0, 0),
            ["certificate_authorities that are no names"] = Ordinary.With(47, 0, 3, 0, 1, 9),
            ["key_share of an unknown group and a length over the list"] = Ordinary.With(KeyShare, Vector16([0x2a, 0x2a, 0, 9, 1])),
            ["key_share with a byte behind X25519's"] = Ordinary.With(KeyShare, Vector16([.. ClientShare.X25519.Entry, 0])),
            ["key_share with half a share behind X25519's"] = Ordinary.With(
                KeyShare, Vector16([.. ClientShare.X25519.Entry, 0, 0x17, 0, 65, 4])),
            ["key_share with a byte behind the list"] = Ordinary.With(KeyShare, [.. Vector16(ClientShare.X25519.Entry), 0]),
            ["renegotiation_info of a connection before"] = Ordinary.With(Renegotiation, [12, .. new byte[12]]),
            ["an unknown extension twice"] = Ordinary.And(0x2a2a).And(0x2a2a),
            ["an unknown extension twice, with other data"] = Ordinary.And(0xfffe, 1).And(0xfffe, 2),
            ["60 unknown extensions"] = Ordinary with
            {
                Extensions = [.. Ordinary.Extensions, .. Enumerable.Range(0x7000, 60).Select(static type => new HelloExtension(type, []))],
            },
            ["an unknown extension of 10,000 bytes"] = Ordinary.And(0x7000, new byte[10_000]),
            ["pre_shared_key that is empty"] = Ordinary.And(PreSharedKey),
            ["pre_shared_key of an unknown ticket"] = Ordinary.And(PreSharedKey, Psk(Filled(32, 7), 32)),
            ["pre_shared_key of an unknown ticket, not the last extension"] = Ordinary
                .And(PreSharedKey, Psk(Filled(32, 7), 32))
                .And(0x2a2a),
            ["pre_shared_key of an unknown ticket twice"] = Ordinary
                .And(PreSharedKey, Psk(Filled(32, 7), 32))
                .And(PreSharedKey, Psk(Filled(32, 7), 32)),
            ["pre_shared_key of an unknown ticket, without psk_key_exchange_modes"] = Ordinary
                .Without(PskModes)
                .And(PreSharedKey, Psk(Filled(32, 7), 32)),
            ["pre_shared_key of an unknown ticket, psk_ke only"] = Ordinary.With(PskModes, 1, 0).And(PreSharedKey, Psk(Filled(32, 7), 32)),
            ["pre_shared_key of a ticket of 31 bytes"] = Ordinary.And(PreSharedKey, Psk(Filled(31, 7), 32)),
            ["pre_shared_key of a ticket of 33 bytes"] = Ordinary.And(PreSharedKey, Psk(Filled(33, 7), 32)),
            ["pre_shared_key of a ticket of 200 bytes"] = Ordinary.And(PreSharedKey, Psk(Filled(200, 7), 32)),
            ["pre_shared_key of an empty ticket"] = Ordinary.And(PreSharedKey, Psk([], 32)),
            ["pre_shared_key with a binder of 31 bytes"] = Ordinary.And(PreSharedKey, Psk(Filled(32, 7), 31)),
            ["pre_shared_key without identities"] = Ordinary.And(PreSharedKey, 0, 0, 0, 0),
            ["pre_shared_key with a byte more"] = Ordinary.And(PreSharedKey, [.. Psk(Filled(32, 7), 32), 0]),
            ["pre_shared_key with a byte less"] = Ordinary.And(PreSharedKey, Psk(Filled(32, 7), 32)[..^1]),
        };

    private static byte[] Psk(byte[] identity, int binder) =>
        [.. Vector16([.. Vector16(identity), 0, 0, 0, 0]), .. Vector16(Vector8(Filled(binder, 3)))];
}

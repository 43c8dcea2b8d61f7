using System.Text.Json.Serialization;

namespace Heliograph.Fleet.Etcd;

// What etcd's JSON gateway takes and gives: api/etcdserverpb/rpc.proto in protobuf's JSON, in which bytes are base64, 64-bit numbers are
// strings, and what is zero or empty is missing: null here, because generated readers skip the initial value of an init property.

internal sealed record Header
{
    public long Revision { get; init; }
}

internal sealed record RangeRequest
{
    public required byte[] Key { get; init; }

    [JsonPropertyName("range_end")]
    public byte[]? RangeEnd { get; init; }

    public long Limit { get; init; }

    public long Revision { get; init; }
}

internal sealed record RangeAnswer
{
    public Header? Header { get; init; }

    public IReadOnlyList<KeyValueMessage?>? Kvs { get; init; }

    public bool More { get; init; }
}

internal sealed record KeyValueMessage
{
    public byte[]? Key { get; init; }

    public byte[]? Value { get; init; }

    [JsonPropertyName("create_revision")]
    public long CreateRevision { get; init; }

    [JsonPropertyName("mod_revision")]
    public long ModRevision { get; init; }

    public long Lease { get; init; }
}

internal sealed record CompareMessage
{
    public required byte[] Key { get; init; }

    public required string Target { get; init; }

    public string Result { get; } = "EQUAL";

    [JsonPropertyName("mod_revision")]
    public long? ModRevision { get; init; }

    [JsonPropertyName("create_revision")]
    public long? CreateRevision { get; init; }

    public long? Lease { get; init; }
}

internal sealed record PutRequest
{
    public required byte[] Key { get; init; }

    public required byte[] Value { get; init; }

    public long Lease { get; init; }
}

internal sealed record DeleteRequest
{
    public required byte[] Key { get; init; }
}

/// <summary>One of the three.</summary>
internal sealed record RequestOp
{
    [JsonPropertyName("request_put")]
    public PutRequest? Put { get; init; }

    [JsonPropertyName("request_delete_range")]
    public DeleteRequest? Delete { get; init; }

    [JsonPropertyName("request_range")]
    public RangeRequest? Range { get; init; }
}

internal sealed record TransactionRequest
{
    public required IReadOnlyList<CompareMessage> Compare { get; init; }

    public required IReadOnlyList<RequestOp> Success { get; init; }

    public required IReadOnlyList<RequestOp> Failure { get; init; }
}

internal sealed record TransactionAnswer
{
    public Header? Header { get; init; }

    public bool Succeeded { get; init; }

    public IReadOnlyList<ResponseOp?>? Responses { get; init; }
}

internal sealed record ResponseOp
{
    [JsonPropertyName("response_range")]
    public RangeAnswer? Range { get; init; }
}

internal sealed record LeaseRequest
{
    [JsonPropertyName("ID")]
    public long Id { get; init; }

    [JsonPropertyName("TTL")]
    public long Ttl { get; init; }
}

internal sealed record LeaseAnswer
{
    [JsonPropertyName("ID")]
    public long Id { get; init; }

    [JsonPropertyName("TTL")]
    public long Ttl { get; init; }
}

/// <summary>A stream's answer is wrapped in <c>result</c>.</summary>
internal sealed record KeepAliveLine
{
    public LeaseAnswer? Result { get; init; }

    public Refusal? Error { get; init; }
}

internal sealed record AuthenticateRequest
{
    public required string Name { get; init; }

    public required string Password { get; init; }
}

internal sealed record AuthenticateAnswer
{
    public string? Token { get; init; }
}

internal sealed record WatchRequest
{
    [JsonPropertyName("create_request")]
    public required WatchCreateRequest Create { get; init; }
}

internal sealed record WatchCreateRequest
{
    public required byte[] Key { get; init; }

    [JsonPropertyName("range_end")]
    public required byte[] RangeEnd { get; init; }

    [JsonPropertyName("start_revision")]
    public long StartRevision { get; init; }

    /// <summary>No answer is then larger than etcd's own limit of a request (1.5 MiB) and half a MiB.</summary>
    public bool Fragment { get; init; }
}

internal sealed record WatchLine
{
    public WatchAnswer? Result { get; init; }

    public Refusal? Error { get; init; }
}

internal sealed record WatchAnswer
{
    public Header? Header { get; init; }

    public bool Created { get; init; }

    public bool Canceled { get; init; }

    [JsonPropertyName("cancel_reason")]
    public string? CancelReason { get; init; }

    [JsonPropertyName("compact_revision")]
    public long CompactRevision { get; init; }

    public bool Fragment { get; init; }

    public IReadOnlyList<EventMessage?>? Events { get; init; }
}

internal sealed record EventMessage
{
    /// <summary><c>DELETE</c>; a PUT is the zero value and missing.</summary>
    public string? Type { get; init; }

    public KeyValueMessage? Kv { get; init; }
}

internal sealed record EmptyRequest;

internal sealed record HeaderAnswer
{
    public Header? Header { get; init; }
}

internal sealed record UserRequest
{
    public required string Name { get; init; }

    public required string Password { get; init; }
}

internal sealed record UserNameRequest
{
    public required string Name { get; init; }
}

internal sealed record UserRoleRequest
{
    public required string User { get; init; }

    public required string Role { get; init; }
}

internal sealed record RoleRequest
{
    public required string Name { get; init; }
}

internal sealed record GrantRequest
{
    public required string Name { get; init; }

    public required Permission Perm { get; init; }
}

internal sealed record Permission
{
    public required string PermType { get; init; }

    public required byte[] Key { get; init; }

    [JsonPropertyName("range_end")]
    public required byte[] RangeEnd { get; init; }
}

/// <summary>grpc-gateway's error: 3.4 and 3.5 have both texts, a stream's has the second only.</summary>
internal sealed record Refusal
{
    public string? Error { get; init; }

    public string? Message { get; init; }

    public int Code { get; init; }

    [JsonPropertyName("grpc_code")]
    public int GrpcCode { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)]
[JsonSerializable(typeof(RangeRequest))]
[JsonSerializable(typeof(RangeAnswer))]
[JsonSerializable(typeof(TransactionRequest))]
[JsonSerializable(typeof(TransactionAnswer))]
[JsonSerializable(typeof(LeaseRequest))]
[JsonSerializable(typeof(LeaseAnswer))]
[JsonSerializable(typeof(KeepAliveLine))]
[JsonSerializable(typeof(AuthenticateRequest))]
[JsonSerializable(typeof(AuthenticateAnswer))]
[JsonSerializable(typeof(WatchRequest))]
[JsonSerializable(typeof(WatchLine))]
[JsonSerializable(typeof(EmptyRequest))]
[JsonSerializable(typeof(HeaderAnswer))]
[JsonSerializable(typeof(UserRequest))]
[JsonSerializable(typeof(UserNameRequest))]
[JsonSerializable(typeof(UserRoleRequest))]
[JsonSerializable(typeof(RoleRequest))]
[JsonSerializable(typeof(GrantRequest))]
[JsonSerializable(typeof(Refusal))]
internal sealed partial class EtcdJson : JsonSerializerContext;

namespace Heliograph.Fleet.Etcd;

/// <summary>A key with its value, as it was at a revision. Keys are text here: the fleet's own are hexadecimal.</summary>
public sealed record KeyValue(string Key, ReadOnlyMemory<byte> Value, long CreateRevision, long ModRevision, long Lease);

/// <summary>What a range holds, all of it at one revision.</summary>
public sealed record RangeResult(IReadOnlyList<KeyValue> Found, long Revision);

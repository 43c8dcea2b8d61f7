namespace Heliograph.Sources;

/// <summary>How a server knows the version of a list that one has (RFC 9110 section 8.8), as it wrote them.</summary>
internal sealed record Validators(string? ETag, string? LastModified);

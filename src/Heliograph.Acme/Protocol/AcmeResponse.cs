using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Heliograph.Acme.Protocol;

/// <summary>One response of the authority, read completely and limited in size.</summary>
internal sealed record AcmeResponse
{
    public required Uri Url { get; init; }

    public required HttpStatusCode Status { get; init; }

    public required string? MediaType { get; init; }

    public required byte[] Body { get; init; }

    public required Uri? Location { get; init; }

    public required string? Nonce { get; init; }

    /// <summary>RFC 8555 section 7.4.2: other chains of the same certificate.</summary>
    public required IReadOnlyList<Uri> Alternates { get; init; }

    public required TimeSpan? RetryAfter { get; init; }

    public bool IsSuccess => (int)Status is >= 200 and <= 299;

    /// <exception cref="AcmeException">The body is not that object.</exception>
    public T Read<T>(JsonTypeInfo<T> type)
    {
        try
        {
            if (JsonSerializer.Deserialize(Body, type) is { } value)
                return value;
        }
        catch (JsonException)
        {
            // Reported below: to the operator, who sent it matters more than where the JSON is broken.
        }

        throw new AcmeException(
            AcmeFailure.NotAcme,
            $"{Url.Host} answered {Url.AbsolutePath} with something that is not ACME " +
            $"({MediaType ?? "no content type"}, {Body.Length} bytes); check acme.directory, and whether there is a proxy in between.");
    }

    /// <summary>The problem document of an error response; without one, the status in its place.</summary>
    public Problem ReadProblem()
    {
        try
        {
            if (MediaType is "application/problem+json" or "application/json"
                && JsonSerializer.Deserialize(Body, AcmeJson.Default.Problem) is { } problem)
                return problem with { Status = (int)Status };
        }
        catch (JsonException)
        {
            // An error page of a proxy in between: the status says enough.
        }

        return new Problem { Status = (int)Status };
    }
}

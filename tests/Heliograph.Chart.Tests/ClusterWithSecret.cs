using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Heliograph.Testing;
using k8s;
using k8s.Models;

namespace Heliograph.Chart.Tests;

/// <summary>As much of a cluster's API as helm asks for when a chart looks up a Secret: which kinds there are, and that Secret.</summary>
internal sealed class ClusterWithSecret : IDisposable
{
    private readonly HttpListener listener = new();
    private readonly IReadOnlyList<IKubernetesObject> kinds;
    private readonly string path;
    private readonly JsonNode secret;

    /// <param name="kinds">Objects of the kinds that the cluster has.</param>
    /// <param name="name">The Secret's name, in the namespace <c>default</c>.</param>
    /// <param name="data">Its <c>data</c>.</param>
    public ClusterWithSecret(IReadOnlyList<IKubernetesObject> kinds, string name, Dictionary<string, byte[]> data)
    {
        this.kinds = kinds;
        path = $"/api/v1/namespaces/default/secrets/{name}";
        secret = JsonNode.Parse(KubernetesJson.Serialize(new V1Secret
        {
            ApiVersion = "v1",
            Kind = "Secret",
            Metadata = new() { Name = name, NamespaceProperty = "default" },
            Data = data,
        }))!;
        Address = $"http://{LoopbackPort.Free()}/";
        listener.Prefixes.Add(Address);
        listener.Start();
        _ = AnswerAsync();
    }

    public string Address { get; }

    public void Dispose() => listener.Close();

    private async Task AnswerAsync()
    {
        try
        {
            while (true)
            {
                var context = await listener.GetContextAsync();
                var answer = Find(context.Request.Url!.AbsolutePath);
                context.Response.StatusCode = answer is null ? 404 : 200;
                context.Response.ContentType = "application/json";
                answer ??= new JsonObject { ["kind"] = "Status", ["apiVersion"] = "v1", ["status"] = "Failure", ["reason"] = "NotFound" };
                context.Response.Close(JsonSerializer.SerializeToUtf8Bytes(answer), willBlock: true);
            }
        }
        catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private JsonNode? Find(string asked)
    {
        if (asked == path)
            return secret.DeepClone();
        var groups = kinds.Select(static one => one.ApiVersion).Distinct(StringComparer.Ordinal).Where(static one => one.Contains('/'));
        return asked switch
        {
            "/version" => new JsonObject { ["major"] = "1", ["minor"] = "35", ["gitVersion"] = "v1.35.0" },
            "/api" => new JsonObject { ["kind"] = "APIVersions", ["versions"] = new JsonArray("v1") },
            "/apis" => new JsonObject
            {
                ["kind"] = "APIGroupList",
                ["apiVersion"] = "v1",
                ["groups"] = new JsonArray([.. groups.Select(static group => new JsonObject
                {
                    ["name"] = group.Split('/')[0],
                    ["versions"] = new JsonArray(Version(group)),
                    ["preferredVersion"] = Version(group),
                })]),
            },
            "/api/v1" => Resources("v1"),
            _ when asked.StartsWith("/apis/", StringComparison.Ordinal) && groups.Contains(asked[6..]) => Resources(asked[6..]),
            _ => null,
        };
    }

    private JsonObject Resources(string version) => new()
    {
        ["kind"] = "APIResourceList",
        ["groupVersion"] = version,
        ["resources"] = new JsonArray([.. kinds.Where(one => one.ApiVersion == version).Select(static one => one.Kind)
            .Distinct(StringComparer.Ordinal).Select(static kind => new JsonObject
            {
                ["name"] = kind.EndsWith('y') ? kind.ToLowerInvariant()[..^1] + "ies" : kind.ToLowerInvariant() + "s",
                ["singularName"] = kind.ToLowerInvariant(),
                ["namespaced"] = true,
                ["kind"] = kind,
                ["verbs"] = new JsonArray("get"),
            })]),
    };

    private static JsonObject Version(string group) => new() { ["groupVersion"] = group, ["version"] = group.Split('/')[1] };
}

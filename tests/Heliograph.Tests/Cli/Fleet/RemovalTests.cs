using System.Text.Json;
using Heliograph.Cli.Fleet;
using Heliograph.Fleet.Documents;
using Heliograph.Membership;
using Heliograph.Testing.Certificates;

namespace Heliograph.Tests.Cli.Fleet;

/// <summary>A certificate of a machine that is shut out, and that nobody else knows: nobody revokes it.</summary>
public sealed class RemovalTests : IDisposable
{
    private const string Name = "proxy.example.org";

    private readonly TestAuthority authority = new();

    public void Dispose() => authority.Dispose();

    [Fact]
    public void One_that_the_machine_has_alone_is_found_and_one_that_others_serve_or_a_document_has_is_not()
    {
        var certificate = authority.Issue(TestKey.Ecdsa, Name);
        using var leaf = certificate.Load();
        var serial = leaf.SerialNumber;
        var (lost, up) = (Reporting("lost", serial), Reporting("up", "01"));
        Assert.Equal(serial, Removal.FindOwn("lost", [lost, up], [])?.CertificateSerial);
        Assert.Equal(serial, Removal.FindOwn("lost", [lost, up], [Document("{}"), Document("no JSON")])?.CertificateSerial);

        Assert.Null(Removal.FindOwn("lost", [lost, Reporting("up", serial.ToLowerInvariant())], []));
        Assert.Null(Removal.FindOwn("lost", [lost, up], [Document(JsonSerializer.Serialize(
            new Dictionary<string, string> { ["chain_pem"] = certificate.ChainPem, ["key_pem"] = certificate.KeyPem }))]));
        Assert.Null(Removal.FindOwn("lost", [Reporting("lost", null), up], []));
        Assert.Null(Removal.FindOwn("lost", [up], []));
    }

    private static FleetMachine Reporting(string name, string? serial) =>
        new(name, new MachineReport { Version = "1", Connections = 0, Bytes = 0, CertificateSerial = serial });

    private static FleetDocument Document(string content) =>
        new(SharedStore.NameOf([Name]), 1, System.Text.Encoding.UTF8.GetBytes(content));
}

using System.Net;

namespace Heliograph.Testing.Bind;

/// <summary>
/// A real BIND on loopback, authoritative for one zone in which a TSIG key may update <c>_acme-challenge</c> and a moving name; every other
/// name in it resolves to 127.0.0.1.
/// </summary>
public sealed class BindServer : IAsyncDisposable
{
    public const string Zone = "heliograph.test";
    public const string KeyName = "acme-update";

    /// <summary>The label of a name whose addresses the key may change.</summary>
    public const string Moving = "moving";

    private static readonly TimeSpan StartBound = TimeSpan.FromSeconds(30);

    private readonly TempDirectory directory = new();
    private readonly ChildProcess process;

    private BindServer(string algorithm, string secret, string zone, string records, string queries)
    {
        var program = Named.Find();
        Address = LoopbackPort.Free();
        // With or without Debian's AppArmor profile, named writes the zone's journal beside the zone.
        directory.Write("zone", $"""
            $TTL 60
            @ IN SOA ns.{zone}. hostmaster.{zone}. 1 60 60 60 60
            @ IN NS ns.{zone}.
            @ IN A 127.0.0.1
            * IN A 127.0.0.1
            {records}

            """);
        var config = directory.Write("named.conf", $$"""
            key "{{KeyName}}" { algorithm {{algorithm}}; secret "{{secret}}"; };
            options {
                directory "{{directory.Path}}";
                listen-on port {{Address.Port}} { 127.0.0.1; };
                listen-on-v6 { none; };
                pid-file none;
                session-keyfile "{{directory["session.key"]}}";
                recursion no;
                allow-query { {{queries}}; };
                dnssec-validation no;
                empty-zones-enable no;
            };
            controls { };
            zone "{{zone}}" {
                type primary;
                file "{{directory["zone"]}}";
                update-policy {
                    grant {{KeyName}} name _acme-challenge.{{zone}}. TXT;
                    grant {{KeyName}} name {{Moving}}.{{zone}}. A AAAA;
                };
            };
            """);
        process = ChildProcess.Start(program, ["-g", "-c", config, "-n", "1"], directory.Path);
    }

    public IPEndPoint Address { get; }

    public string Log => process.AllOutput;

    /// <param name="algorithm">Of the key.</param>
    /// <param name="secret">The key in base64.</param>
    /// <param name="zone">Its zone.</param>
    /// <param name="records">More records, a line each, with names relative to the zone.</param>
    /// <param name="queries">Whose queries are answered, in BIND's words.</param>
    public static async Task<BindServer> StartAsync(
        string algorithm, string secret, string zone = Zone, string records = "", string queries = "any")
    {
        var bind = new BindServer(algorithm, secret, zone, records, queries);
        try
        {
            await bind.process.WaitForLineAsync(line => line.EndsWith(" running", StringComparison.Ordinal), StartBound);
            return bind;
        }
        catch
        {
            await bind.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        directory.Dispose();
    }
}

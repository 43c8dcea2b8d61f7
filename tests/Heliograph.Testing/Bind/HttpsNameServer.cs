using System.Net;
using Heliograph.Testing.Certificates;

namespace Heliograph.Testing.Bind;

/// <summary>A real BIND that answers by DNS over HTTPS, for one zone. BIND speaks HTTP/2 there, and nothing else.</summary>
public sealed class HttpsNameServer : IAsyncDisposable
{
    public const string Zone = "heliograph.test";

    private static readonly TimeSpan StartBound = TimeSpan.FromSeconds(60);

    private readonly TempDirectory directory = new();
    private readonly ChildProcess process;

    private HttpsNameServer(TestCertificate certificate, string records, IPEndPoint address)
    {
        Address = address;
        var (chain, key) = certificate.WriteTo(directory);
        directory.Write("zone", $"""
            $TTL 60
            @ IN SOA ns.{Zone}. hostmaster.{Zone}. 1 60 60 60 60
            @ IN NS ns.{Zone}.
            ns IN A 127.0.0.1
            {records}

            """);
        var config = directory.Write("named.conf", $$"""
            tls own { cert-file "{{chain}}"; key-file "{{key}}"; };
            options {
                directory "{{directory.Path}}";
                listen-on port {{address.Port}} tls own http default { 127.0.0.1; };
                listen-on-v6 { none; };
                pid-file none;
                session-keyfile "{{directory["session.key"]}}";
                recursion no;
                dnssec-validation no;
                empty-zones-enable no;
            };
            controls { };
            zone "{{Zone}}" { type primary; file "{{directory["zone"]}}"; };
            """);
        process = ChildProcess.Start(Named.Find(), ["-g", "-c", config, "-n", "1"], directory.Path);
    }

    public IPEndPoint Address { get; }

    /// <param name="certificate">For the name that it is asked by.</param>
    /// <param name="records">A line each, with names relative to the zone.</param>
    /// <param name="address">Null: on a free port.</param>
    public static async Task<HttpsNameServer> StartAsync(TestCertificate certificate, string records, IPEndPoint? address = null)
    {
        var server = new HttpsNameServer(certificate, records, address ?? LoopbackPort.Free());
        try
        {
            await server.process.WaitForLineAsync(line => line.EndsWith(" running", StringComparison.Ordinal), StartBound);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        directory.Dispose();
    }
}

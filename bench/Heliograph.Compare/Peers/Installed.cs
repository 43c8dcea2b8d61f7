namespace Heliograph.Compare.Peers;

/// <summary>Finds the peers' programs.</summary>
internal static class Installed
{
    public const string NginxStreamModule = "/usr/lib/nginx/modules/ngx_stream_module.so";

    private const string OpenSslHeader = "/usr/include/openssl/ssl.h";

    /// <summary>The path of a program in its system, or null. Debian keeps servers in sbin, which is not in everyone's PATH.</summary>
    public static string? Find(string program, PeerRoot? root = null) =>
        $"{Environment.GetEnvironmentVariable("PATH")}:/usr/local/sbin:/usr/sbin"
            .Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(directory => Path.Combine(directory, program))
            .FirstOrDefault(path => File.Exists(root?.PathOf(path) ?? path));

    /// <summary>Fails if a peer is not installed, and names the packages to install.</summary>
    public static void Require(IReadOnlyList<string> peers, PeerRoot root)
    {
        List<string> packages = [];
        if (Wants(PeerNames.Nginx) && (Find("nginx", root) is null || !File.Exists(root.PathOf(NginxStreamModule))))
            packages.AddRange(["nginx", "libnginx-mod-stream"]);
        if (Wants(PeerNames.HaProxy) && Find("haproxy", root) is null)
            packages.Add("haproxy");
        if (packages.Count > 0)
            throw new CompareException($"a peer is not installed; run: {InRoot()}apt-get install {string.Join(' ', packages)}");
        // Compiled here, wherever it runs.
        if (Wants(PeerNames.CRelay) && (Find("gcc") is null || !File.Exists(OpenSslHeader)))
            throw new CompareException("the C relay is compiled first; run: apt-get install gcc libc6-dev libssl-dev");

        bool Wants(string peer) => peers.Contains(peer, StringComparer.Ordinal);
        string InRoot() => root.PathOf("") is { Length: > 0 } directory ? $"chroot {directory} " : "";
    }
}

namespace Heliograph.Compare.Peers;

/// <summary>Finds the peers' programs.</summary>
internal static class Installed
{
    public const string NginxStreamModule = "/usr/lib/nginx/modules/ngx_stream_module.so";

    /// <summary>The path of a program, or null. Debian keeps servers in sbin, which is not in everyone's PATH.</summary>
    public static string? Find(string program) =>
        $"{Environment.GetEnvironmentVariable("PATH")}:/usr/local/sbin:/usr/sbin"
            .Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(directory => Path.Combine(directory, program))
            .FirstOrDefault(File.Exists);

    /// <summary>Fails if a peer is not installed, and names the packages to install.</summary>
    public static void Require(IReadOnlyList<string> peers)
    {
        List<string> packages = [];
        if (peers.Contains(PeerNames.Nginx, StringComparer.Ordinal) && (Find("nginx") is null || !File.Exists(NginxStreamModule)))
            packages.AddRange(["nginx", "libnginx-mod-stream"]);
        if (peers.Contains(PeerNames.HaProxy, StringComparer.Ordinal) && Find("haproxy") is null)
            packages.Add("haproxy");
        if (packages.Count > 0)
            throw new CompareException($"a peer is not installed; run: apt-get install {string.Join(' ', packages)}");
    }
}

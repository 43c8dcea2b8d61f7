namespace Heliograph.Compare.Peers;

/// <summary>
/// The system in which the proxies run: this one, or another Debian in a directory (<c>--in</c>). A process enters the other one by chroot,
/// in a mount namespace of its own, in which it also finds the directories that it shares with this system; the mounts end with it.
/// </summary>
internal sealed class PeerRoot : IDisposable
{
    private const string EnterScript = """
        root=$1 dotnet=$2; shift 2
        mount -t proc proc "$root/proc"
        mount --rbind /dev "$root/dev"
        mount --rbind /sys "$root/sys"
        while [ "$1" != -- ]; do
            mkdir -p "$root${1%/*}"
            if [ -d "$1" ]; then mkdir -p "$root$1"; else [ -e "$root$1" ] || : > "$root$1"; fi
            mount --bind "$1" "$root$1"
            shift
        done
        shift
        unset TMPDIR
        [ -z "$dotnet" ] || export DOTNET_ROOT="$dotnet"
        exec chroot "$root/" "$@"
        """;

    private readonly string? directory;
    private readonly IReadOnlyList<string> shared;
    private readonly string dotnet = "";

    /// <param name="directory">The other system; null: this one.</param>
    /// <param name="work">The directory of the run, which is where it is here.</param>
    /// <param name="program">The heliograph to measure; so is its directory.</param>
    public PeerRoot(string? directory, string work = "", string program = "")
    {
        this.directory = directory;
        shared = [];
        if (directory is null)
            return;

        if (!Environment.IsPrivilegedProcess)
            throw new CompareException("--in enters another system by chroot, and needs root");
        if (!Directory.Exists(Path.Combine(directory, "usr/bin")))
            throw new CompareException($"--in {directory}: there is no Debian in it; ./test trixie makes one in artifacts/trixie");
        if (Installed.Find("dotnet") is { } runtime)
            dotnet = Path.GetDirectoryName(File.ResolveLinkTarget(runtime, returnFinalTarget: true)?.FullName ?? runtime)!;
        shared = [.. new[] { work, dotnet, ProgramOrItsDirectory(Path.GetFullPath(program)) }.Where(static path => path.Length > 0)];
    }

    /// <summary>Where a file of it is, seen from here.</summary>
    public string PathOf(string file) => directory is null ? file : directory + file;

    /// <summary>The command that runs another in it, with the same process id.</summary>
    public IEnumerable<string> Enter(params IEnumerable<string> command) => directory is null
        ? command
        : ["unshare", "--mount", "sh", "-ec", EnterScript, "sh", directory.TrimEnd('/'), dotnet, .. shared, "--", .. command];

    /// <summary>Removes the mount points that were made for directories of this run.</summary>
    public void Dispose()
    {
        if (directory is null || directory == "/")
            return;
        foreach (var path in shared.Select(PathOf))
        {
            try
            {
                if (File.Exists(path) && new FileInfo(path).Length == 0)
                    File.Delete(path);
                else if (Directory.Exists(path) && !Directory.EnumerateFileSystemEntries(path).Any())
                    Directory.Delete(path);
            }
            catch (IOException)
            {
                // Another run has it.
            }
        }
    }

    /// <summary>
    /// A build, and the launcher of the repository, need what is beside them. In a directory that the other system has too, such as
    /// /usr/bin, only the program takes the place of the other one's.
    /// </summary>
    private string ProgramOrItsDirectory(string program)
    {
        var above = Path.GetDirectoryName(program)!;
        return Directory.Exists(PathOf(above)) && Directory.EnumerateFileSystemEntries(PathOf(above)).Any() ? program : above;
    }
}

using Heliograph.Testing;

namespace Heliograph.Chart.Tests;

/// <summary>
/// A directory in which a Secret's files come and change as the kubelet does it: each version in a directory of its own, and the link
/// <c>..data</c> renamed over the old one (kubernetes/pkg/volume/util/atomic_writer.go). The files are root's, and the group's to read.
/// </summary>
internal sealed class SecretVolume(string path, long group)
{
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.GroupRead;
    private int versions;

    public async Task WriteAsync(params IReadOnlyList<(string Name, byte[] Content)> files)
    {
        var (data, draft) = (Path.Combine(path, "..data"), Path.Combine(path, "..data_tmp"));
        var version = Directory.CreateDirectory(Path.Combine(path, $"..2026_11_27_14_00_{versions++:00}.1")).FullName;
        foreach (var (name, content) in files)
        {
            var file = Path.Combine(version, name);
            await File.WriteAllBytesAsync(file, content, Bound.Token);
            File.SetUnixFileMode(file, FileMode);
        }
        await RunAsync("chown", "-R", $"0:{group}", path);
        var old = new DirectoryInfo(data).LinkTarget;
        Directory.CreateSymbolicLink(draft, Path.GetFileName(version));
        await RunAsync("mv", "-T", draft, data);
        foreach (var (name, _) in files.Where(file => !File.Exists(Path.Combine(path, file.Name))))
            File.CreateSymbolicLink(Path.Combine(path, name), Path.Combine("..data", name));
        if (old is not null)
            Directory.Delete(Path.Combine(path, old), recursive: true);
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        var (exitCode, output, errors) = await ChildProcess.RunAsync(program, arguments, Bound.Prompt);
        Assert.True(exitCode == 0, output + errors);
    }
}

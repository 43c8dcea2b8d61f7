using Heliograph.Testing;
using k8s.Models;

namespace Heliograph.Chart.Tests;

/// <summary>
/// The directories of a pod's volumes, and its containers: each a process with the rendered arguments, environment and user, in a mount
/// namespace where the volumes are at the rendered paths and everything else is read-only. Instead of the image's system it has this
/// machine's.
/// </summary>
internal sealed class PodSandbox : IDisposable
{
    /// <summary>A directory that every Debian has. The program's own may be below /tmp, which belongs to the pod.</summary>
    private const string ProgramDirectory = "/mnt";

    private static readonly UnixFileMode Everyone = (UnixFileMode)0b111_111_111;

    private readonly TempDirectory directory = new();
    private readonly V1PodSpec spec;
    private readonly string name;

    /// <param name="spec">The pod.</param>
    /// <param name="name">Its name.</param>
    public PodSandbox(V1PodSpec spec, string name)
    {
        this.spec = spec;
        this.name = name;
        File.SetUnixFileMode(directory.Path, (UnixFileMode)0b111_101_101);
        foreach (var volume in Containers.SelectMany(static one => one.VolumeMounts).Select(static mount => mount.Name).Distinct())
            Directory.CreateDirectory(this[volume]);
    }

    /// <summary>The group to which the volumes belong.</summary>
    public long Group => spec.SecurityContext.FsGroup!.Value;

    private IEnumerable<V1Container> Containers => [.. spec.InitContainers ?? [], .. spec.Containers];

    /// <summary>The directory of a volume.</summary>
    public string this[string volume] => directory[volume];

    /// <summary>As the kubelet makes them for a new pod. What is in a claim stays.</summary>
    public async Task PrepareAsync()
    {
        var claims = Directory.EnumerateDirectories(directory.Path).Select(static path => Path.GetFileName(path)!)
            .Except(spec.Volumes.Select(static volume => volume.Name), StringComparer.Ordinal);
        var scratch = spec.Volumes.Where(static volume => volume.EmptyDir is not null).Select(static volume => volume.Name).ToList();
        foreach (var volume in scratch)
        {
            Directory.Delete(this[volume], recursive: true);
            Directory.CreateDirectory(this[volume]);
        }
        foreach (var volume in scratch.Concat(claims))
        {
            var (exitCode, output, errors) = await ChildProcess.RunAsync("chown", [$"0:{Group}", this[volume]], Bound.Prompt);
            Assert.True(exitCode == 0, output + errors);
            // An emptyDir is everybody's, the root of a claim is root's and, by fsGroup, the group's.
            var mode = scratch.Contains(volume) ? Everyone : Everyone & ~UnixFileMode.OtherWrite;
            File.SetUnixFileMode(this[volume], UnixFileMode.SetGroup | mode);
        }
    }

    public ChildProcess Start(V1Container container)
    {
        var variables = (container.Env ?? []).ToDictionary(static one => one.Name, ValueOf, StringComparer.Ordinal);
        // As the image's entry point and command.
        var arguments = (container.Args ?? ["run"]).Select(word => Expand(word, variables));
        return ChildProcess.Start(
            "unshare",
            ["--mount", "sh", "-ec", Mounts(container), "sh", .. User, $"{ProgramDirectory}/heliograph", .. arguments],
            environment: variables);
    }

    /// <summary>As <c>kubectl exec</c>: runs a command of the program in a container.</summary>
    public async Task<string> ExecuteAsync(ChildProcess container, params string[] arguments)
    {
        var (exitCode, output, errors) = await ChildProcess.RunAsync(
            "nsenter",
            ["--mount", "--target", $"{container.Id}", "--", .. User, $"{ProgramDirectory}/heliograph", .. arguments],
            Bound.Prompt * 6);
        Assert.True(exitCode == 0, output + errors);
        return output;
    }

    public void Dispose() => directory.Dispose();

    private IEnumerable<string> User =>
    [
        "env", "--chdir=/", "--unset=TMPDIR", "setpriv", "--reuid", $"{spec.SecurityContext.RunAsUser}",
        "--regid", $"{spec.SecurityContext.RunAsGroup}", "--groups", $"{Group}", "--no-new-privs", "--inh-caps=-all",
        "--bounding-set=-all",
    ];

    private static string Expand(string word, Dictionary<string, string?> variables) =>
        variables.Aggregate(word, static (text, one) => text.Replace($"$({one.Key})", one.Value, StringComparison.Ordinal));

    private string? ValueOf(V1EnvVar variable) => variable switch
    {
        { Value: { } value } => value,
        { ValueFrom.FieldRef.FieldPath: "metadata.name" } => name,
        _ => throw new NotSupportedException($"{variable.Name} is from elsewhere"),
    };

    private string Mounts(V1Container container)
    {
        // /tmp last: what is mounted from there is below it.
        var mounts = container.VolumeMounts.OrderBy(static mount => mount.MountPath == "/tmp").Select(Mount);
        return $"""
            mount -t tmpfs tmpfs {ProgramDirectory}
            for part in /etc /var/lib; do
                mkdir -p {ProgramDirectory}$part/upper {ProgramDirectory}$part/work
                mount -t overlay overlay $part \
                    -o lowerdir=$part,upperdir={ProgramDirectory}$part/upper,workdir={ProgramDirectory}$part/work
            done
            mount --bind '{Path.GetDirectoryName(HeliographProcess.Program)}' {ProgramDirectory}
            {string.Join('\n', mounts)}
            for part in / /etc /var/lib; do mount -o remount,bind,ro $part; done
            exec "$@"
            """;
    }

    private string Mount(V1VolumeMount mount)
    {
        var (source, make) = mount.SubPath is { } file ? ($"{this[mount.Name]}/{file}", "touch") : (this[mount.Name], "mkdir -p");
        var isReadOnly = mount.ReadOnlyProperty ?? false;
        return $"""
            mkdir -p '{Path.GetDirectoryName(mount.MountPath)}' && {make} '{mount.MountPath}' && mount --bind '{source}' '{mount.MountPath}'
            {(isReadOnly ? $"mount -o remount,bind,ro '{mount.MountPath}'" : ":")}
            """;
    }
}

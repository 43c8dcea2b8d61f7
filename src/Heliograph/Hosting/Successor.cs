using System.Collections;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Heliograph.Hosting.Systemd;

namespace Heliograph.Hosting;

/// <summary>
/// The program that takes the place of this process: the installed one, with the same arguments, under the same process number, and with
/// the sockets that listen. Whoever connects in between waits in their queues, so that nobody is refused, with or without systemd
/// (docs/adr/0020-restart-in-place.md).
/// </summary>
internal sealed unsafe partial class Successor
{
    /// <summary>fcntl(2), F_DUPFD_CLOEXEC.</summary>
    private const int DuplicateAbove = 1030;

    private readonly string program;
    private readonly string[] arguments;
    private readonly SystemdEnvironment environment;
    private readonly List<(int Descriptor, string Name)> sockets = [];

    /// <param name="environment">What systemd has passed to this process.</param>
    /// <remarks>To be made at the start: after an upgrade the system has no name any more for the program that runs.</remarks>
    public Successor(SystemdEnvironment environment)
    {
        this.environment = environment;
        program = Environment.ProcessPath ?? "/proc/self/exe";
        arguments = File.ReadAllText("/proc/self/cmdline").TrimEnd('\0').Split('\0');
    }

    /// <summary>Keeps these sockets open for it.</summary>
    public void Take(IEnumerable<int> descriptors)
    {
        foreach (var descriptor in descriptors.Take(SystemdEnvironment.MostDescriptors))
        {
            // Above those that it gets: none of them overwrites another.
            var copy = Control(descriptor, DuplicateAbove, SystemdEnvironment.FirstDescriptor + SystemdEnvironment.MostDescriptors);
            // Without a free descriptor it binds that address anew.
            if (copy >= 0)
                sockets.Add((copy, environment.NameOf(descriptor)));
        }
    }

    /// <summary>Ends this process as it was; returns only if that is impossible.</summary>
    /// <returns>Why.</returns>
    public string Start()
    {
        var variables = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToDictionary(static entry => (string)entry.Key, static entry => (string?)entry.Value ?? "", StringComparer.Ordinal);
        foreach (var (name, value) in environment.VariablesFor([.. sockets.Select(static one => one.Name)]))
            variables[name] = value;
        int error;
        fixed (int* copies = sockets.Select(static one => one.Descriptor).ToArray())
        fixed (byte* file = Encoding.UTF8.GetBytes(program + '\0'))
        fixed (nint* words = Words(arguments), environs = Words([.. variables.Select(static one => $"{one.Key}={one.Value}")]))
        {
            var (standardInput, noFile) = (0, (byte)0);
            // It fails, and leaves behind what the runtime makes at a first call.
            _ = Replace(&standardInput, 1, standardInput, &noFile, words, environs);
            Hangup.Block();
            error = Replace(copies, sockets.Count, SystemdEnvironment.FirstDescriptor, file, words, environs);
        }
        return $"{program} cannot be started: {Marshal.GetPInvokeErrorMessage(error)}";
    }

    /// <summary>
    /// Gives the descriptors their numbers and executes a file. The runtime's own descriptors may have had these numbers (the one under
    /// which it writes code, the pipe for signals): so there is nothing but system calls here, and nothing to be compiled for them.
    /// </summary>
    /// <returns>Why that is impossible: errno.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Replace(int* descriptors, int count, int first, byte* file, nint* words, nint* environs)
    {
        for (var index = 0; index < count; index++)
        {
            if (Duplicate(descriptors[index], first + index) < 0)
                return Marshal.GetLastSystemError();
        }
        _ = Execute(file, words, environs);
        return Marshal.GetLastSystemError();
    }

    /// <summary>As C has them. Nobody frees them: this process ends, one way or the other.</summary>
    private static nint[] Words(IReadOnlyList<string> texts) => [.. texts.Select(Marshal.StringToCoTaskMemUTF8), 0];

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int Control(int descriptor, int command, int argument);

    [LibraryImport("libc", EntryPoint = "dup2")]
    private static partial int Duplicate(int descriptor, int number);

    [LibraryImport("libc", EntryPoint = "execve")]
    private static partial int Execute(byte* file, nint* arguments, nint* environment);
}

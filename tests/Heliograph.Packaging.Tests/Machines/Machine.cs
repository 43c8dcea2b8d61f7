using System.Net;
using System.Text;
using Heliograph.Testing;

namespace Heliograph.Packaging.Tests.Machines;

/// <summary>
/// A Debian with a kernel of its own and systemd, which qemu runs. It reaches no network but this machine's loopback. Nothing that it
/// writes stays. When the tests are killed, its agent switches it off.
/// </summary>
internal sealed class Machine : IAsyncDisposable
{
    /// <summary>Where clients come from, as the machine sees them. Nothing else has this address.</summary>
    public const string ClientAddress = "10.83.19.7";

    /// <summary>This machine's loopback, as the machine sees it.</summary>
    public const string LoopbackAddress = "10.9.0.2";

    /// <summary>Without hardware virtualization, and beside other tests.</summary>
    private static readonly TimeSpan BootLimit = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    /// <summary>The end of a machine whose kernel hangs, in case nobody is left to end it.</summary>
    private const string Lifetime = "40m";

    private const int ConsoleLines = 30;

    private readonly TempDirectory directory = new();
    private readonly MachineAgent agent;
    private readonly ChildProcess qemu;

    private Machine(MachineImage image, string files)
    {
        var socket = directory["agent"];
        agent = new MachineAgent(socket);
        qemu = ChildProcess.Start(
            "timeout",
            [
                "--kill-after=10s", Lifetime, "qemu-system-x86_64", "-nodefaults", "-no-user-config", "-display", "none",
                // Not KVM: where there is one, it need not work, and then qemu hangs.
                "-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2", "-m", "1024", "-serial", "stdio",
                "-kernel", image.Kernel, "-initrd", image.InitialRamDisk,
                "-append", "root=/dev/vda rw console=ttyS0 net.ifnames=0 loglevel=4 systemd.show_status=yes",
                "-drive", $"if=virtio,format=raw,snapshot=on,file={image.Disk}",
                "-drive", $"if=virtio,format=raw,readonly=on,file={files}",
                "-device", "virtio-rng-pci", "-device", "virtio-serial-pci",
                "-chardev", $"socket,id=tests,path={socket}", "-device", "virtserialport,chardev=tests,name=tests",
                "-netdev",
                $"user,id=clients,ipv6=off,restrict=on,net=10.83.19.0/24,host={ClientAddress}"
                    + $",hostfwd=tcp:{Https}-10.83.19.15:443,hostfwd=tcp:{Http}-10.83.19.15:80",
                "-device", "virtio-net-pci,netdev=clients,mac=52:54:00:00:00:01,romfile=",
                "-netdev", $"user,id=signal,ipv6=off,net=10.9.0.0/24,host={LoopbackAddress}",
                "-device", "virtio-net-pci,netdev=signal,mac=52:54:00:00:00:02,romfile=",
            ]);
    }

    /// <summary>Its port 443, on this machine.</summary>
    public IPEndPoint Https { get; } = LoopbackPort.Free();

    /// <summary>Its port 80, on this machine.</summary>
    public IPEndPoint Http { get; } = LoopbackPort.Free();

    /// <param name="image">Its disk.</param>
    /// <param name="files">A tarball, which it sees as its second disk, /dev/vdb.</param>
    public static async Task<Machine> StartAsync(MachineImage image, string files)
    {
        var machine = new Machine(image, files);
        try
        {
            await machine.BootedAsync();
            return machine;
        }
        catch
        {
            await machine.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it again, as an operator does.</summary>
    public async Task RebootAsync()
    {
        // The agent ends with everything else, perhaps before it answers.
        var order = agent.TryAsync("systemctl reboot", BootLimit);
        await BootedAsync();
        await Task.WhenAny(order);
    }

    /// <summary>Runs a script of bash as root, which must succeed, and returns its standard output.</summary>
    public async Task<string> RunAsync(string script)
    {
        var (code, output, errors) = await TryAsync(script);
        Assert.True(code == 0, $"in the machine, this ended with {code}:\n{script}\n{output}{errors}");
        return output;
    }

    /// <summary>The same, but it may fail.</summary>
    public async Task<(int ExitCode, string Output, string Errors)> TryAsync(string script)
    {
        try
        {
            return await agent.TryAsync(script, Limit);
        }
        catch (Exception exception) when (exception is IOException or TimeoutException)
        {
            throw new InvalidOperationException($"{exception.Message}\n{ConsoleEnd()}", exception);
        }
    }

    /// <summary>Writes a file that everybody may read.</summary>
    public Task WriteAsync(string path, string text) =>
        RunAsync($"base64 --decode > {path} <<< {Convert.ToBase64String(Encoding.UTF8.GetBytes(text))}");

    /// <summary>Waits until a script succeeds.</summary>
    public Task UntilAsync(string script, string otherwise) =>
        Polling.UntilAsync(async () => (await TryAsync(script)).ExitCode == 0, Limit, otherwise);

    public async ValueTask DisposeAsync()
    {
        await qemu.DisposeAsync();
        agent.Dispose();
        directory.Dispose();
    }

    private async Task BootedAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Tool.Token);
        limit.CancelAfter(BootLimit);
        var boot = agent.NextBootAsync(limit.Token);
        await Task.WhenAny(boot, qemu.WaitForExitAsync(BootLimit * 2));
        if (!boot.IsCompletedSuccessfully)
            Assert.Fail($"the machine did not start within {BootLimit.TotalMinutes} minutes; {ConsoleEnd()}");
    }

    /// <summary>What it wrote last, for the message of a failed test.</summary>
    private string ConsoleEnd() => "the end of its console:\n" + string.Join('\n', qemu.AllOutput.Split('\n').TakeLast(ConsoleLines));
}

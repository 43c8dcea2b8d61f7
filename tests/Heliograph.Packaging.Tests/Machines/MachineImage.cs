using Heliograph.Testing;

namespace Heliograph.Packaging.Tests.Machines;

/// <summary>The disk of a machine with its kernel, made once by <c>eng/machine-image</c>; later runs boot it again.</summary>
internal sealed record MachineImage(string Disk, string Kernel, string InitialRamDisk)
{
    private static readonly SemaphoreSlim Making = new(1);

    /// <param name="suite">As Debian calls it: bookworm, trixie.</param>
    public static async Task<MachineImage> MadeAsync(string suite)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "debootstrap and chroot need root");
        var directory = Repository.PathOf($"artifacts/packaging-tests/machine-{suite}");
        await Making.WaitAsync();
        try
        {
            await Tool.RunAsync(Tool.Build, environment: null, Repository.PathOf("eng/machine-image"), suite, directory);
        }
        finally
        {
            Making.Release();
        }
        return new(Path.Combine(directory, "disk.ext4"), Path.Combine(directory, "vmlinuz"), Path.Combine(directory, "initrd.img"));
    }
}

namespace Heliograph.Testing;

/// <summary>The real minisign, with a key that was made for one test and has no password.</summary>
public sealed class MinisignSigner
{
    private readonly TempDirectory directory;

    private MinisignSigner(TempDirectory directory) => this.directory = directory;

    /// <summary>The second line of minisign.pub.</summary>
    public string PublicKey => File.ReadAllLines(directory["minisign.pub"])[1];

    /// <summary>Where its secret key is.</summary>
    public string SecretKeyFile => directory["minisign.key"];

    /// <param name="directory">Gets the key.</param>
    public static async Task<MinisignSigner> CreateAsync(TempDirectory directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        var signer = new MinisignSigner(directory);
        await signer.RunAsync("-G", "-W", "-f", "-p", directory["minisign.pub"], "-s", signer.SecretKeyFile);
        return signer;
    }

    /// <summary>Writes FILE.minisig.</summary>
    /// <param name="file">The file.</param>
    /// <param name="options">More options.</param>
    public Task SignAsync(string file, params IEnumerable<string> options) => RunAsync(["-S", "-s", SecretKeyFile, "-m", file, .. options]);

    private async Task RunAsync(params string[] arguments)
    {
        var (code, output, errors) = await ChildProcess.RunAsync("minisign", arguments, Bound.Prompt, directory.Path);
        Assert.True(code == 0, $"minisign {string.Join(' ', arguments)}: {output}{errors}");
    }
}

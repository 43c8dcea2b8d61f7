using System.Security.Cryptography;
using Heliograph.Testing;

namespace Heliograph.Tests.Docs;

/// <summary>./eng/verify-list, by which publish.yml knows that the programs of a release accept its list of hosts.</summary>
[Trait("Needs", "server")]
public sealed class VerifyListTests : IDisposable
{
    private readonly TempDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task A_signed_list_whose_signature_is_among_the_checksums_passes()
    {
        var key = await WriteAsync();
        await AddChecksumsAsync("hosts.json", "hosts.json.minisig");
        Assert.Equal((0, ""), await VerifyAsync(key));
    }

    [Fact]
    public async Task A_list_without_its_signature_is_refused()
    {
        var key = await WriteAsync();
        File.Delete(directory["hosts.json.minisig"]);
        await AddChecksumsAsync("hosts.json");
        Assert.Equal((1, "verify-list: the release has no hosts.json.minisig\n"), await VerifyAsync(key));
    }

    [Fact]
    public async Task A_signature_that_is_not_among_the_checksums_is_refused()
    {
        var key = await WriteAsync();
        await AddChecksumsAsync("hosts.json");
        Assert.Equal((1, "verify-list: SHA256SUMS lacks hosts.json.minisig\n"), await VerifyAsync(key));
    }

    [Fact]
    public async Task A_signature_of_another_list_or_by_another_key_is_refused()
    {
        var key = await WriteAsync();
        await AddChecksumsAsync("hosts.json", "hosts.json.minisig");
        const string OtherKey = "RWQR1WfoOtZvU62Joz5coCR2S6kx3MI0d608T20gyJRyjH53OdayYb2l";
        Assert.Equal(
            (1, $"verify-list: hosts.json.minisig is not the signature of hosts.json by the key {OtherKey}\n"),
            await VerifyAsync(OtherKey, last: true));

        await File.AppendAllTextAsync(directory["hosts.json"], " ", TestContext.Current.CancellationToken);
        await AddChecksumsAsync("hosts.json", "hosts.json.minisig");
        Assert.Equal(
            (1, $"verify-list: hosts.json.minisig is not the signature of hosts.json by the key {key}\n"),
            await VerifyAsync(key, last: true));
    }

    private async Task<string> WriteAsync()
    {
        var signer = await MinisignSigner.CreateAsync(directory);
        File.Copy(Repository.PathOf("packaging/hosts.json"), directory["hosts.json"]);
        await signer.SignAsync(directory["hosts.json"]);
        return signer.PublicKey;
    }

    private Task AddChecksumsAsync(params string[] files) => File.WriteAllTextAsync(
        directory["SHA256SUMS"],
        string.Concat(files.Select(file => $"{Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(directory[file])))}  {file}\n")));

    /// <param name="key">The public key.</param>
    /// <param name="last">Only the last line, below what minisign itself says.</param>
    private async Task<(int ExitCode, string Errors)> VerifyAsync(string key, bool last = false)
    {
        var (code, _, errors) = await ChildProcess.RunAsync(
            Repository.PathOf("eng/verify-list"), [directory.Path, key], Bound.Prompt, directory.Path);
        return (code, last ? errors.Split('\n')[^2] + "\n" : errors);
    }
}

using Heliograph.Platform;
using Heliograph.Testing;

namespace Heliograph.Tests.Platform;

public sealed class FileOwnerTests : IDisposable
{
    private readonly TempDirectory temp = new();

    public void Dispose() => temp.Dispose();

    [Fact]
    [Trait("Needs", "root")]
    public void A_directory_is_given_with_all_that_is_in_it_and_nothing_that_a_link_leads_to()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root can give files to another user");
        var (root, nobody) = (FileOwner.OfPath(temp.Path), new FileOwner(65534, 65534));
        Directory.CreateDirectory(temp["given/below"]);
        var secret = temp.Write("secret", "x");
        var inside = temp.Write("given/below/file", "x");
        Directory.CreateDirectory(temp["elsewhere"]);
        var outside = temp.Write("elsewhere/file", "x");
        File.CreateSymbolicLink(temp["given/file-link"], secret);
        Directory.CreateSymbolicLink(temp["given/below/directory-link"], temp["elsewhere"]);
        Directory.CreateSymbolicLink(temp["link"], temp["elsewhere"]);

        nobody.GiveAll(temp["given"]);
        nobody.GiveAll(temp["link"]);
        Assert.All([temp["given"], temp["given/below"], inside], path => Assert.Equal(nobody, FileOwner.OfPath(path)));
        Assert.All([secret, temp["elsewhere"], outside], path => Assert.Equal(root, FileOwner.OfPath(path)));
    }
}

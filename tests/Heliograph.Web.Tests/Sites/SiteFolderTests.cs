using System.Text;
using Heliograph.Web.Sites.Own;

namespace Heliograph.Web.Tests.Sites;

public sealed class SiteFolderTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("site-").FullName;

    private string Folder => Path.Combine(root, "site");

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void A_new_folder_becomes_a_site_at_once_and_a_second_build_changes_nothing()
    {
        SiteFolder.Create(Folder, "Bees on Mill Lane", null, "en", TimeProvider.System);
        var first = SiteFolder.Build(Folder);
        Assert.Empty(first.Warnings);
        var index = File.ReadAllText(Path.Combine(first.Directory, "index.html"));
        Assert.Contains("Bees on Mill Lane", index, StringComparison.Ordinal);
        Assert.DoesNotContain("eliograph", index, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(first.Directory, "README.txt")));
        Assert.Equal(0, SiteFolder.Build(Folder).Changed);
    }

    [Fact]
    public void A_page_that_is_gone_goes_and_a_file_of_somebody_else_is_never_replaced()
    {
        SiteFolder.Create(Folder, "T", null, "en", TimeProvider.System);
        var html = SiteFolder.Build(Folder).Directory;
        File.Delete(Path.Combine(Folder, "about.md"));
        File.WriteAllText(Path.Combine(html, "mine.html"), "mine");
        SiteFolder.Build(Folder);
        Assert.False(File.Exists(Path.Combine(html, "about.html")));
        Assert.Equal("mine", File.ReadAllText(Path.Combine(html, "mine.html")));
        File.WriteAllText(Path.Combine(Folder, "mine.md"), "# Mine");
        var error = Assert.Throws<SiteFolderException>(() => SiteFolder.Build(Folder));
        Assert.Contains("mine.html is not from", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_photograph_loses_its_place_and_keeps_its_orientation()
    {
        SiteFolder.Create(Folder, "T", null, "en", TimeProvider.System);
        byte[] exif =
        [
            .. "Exif\0\0MM"u8, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0, .. "GPS 52.5 13.4"u8,
        ];
        byte[] picture =
        [
            0xFF, 0xD8, 0xFF, 0xE1, 0, (byte)(exif.Length + 2), .. exif, 0xFF, 0xFE, 0, 7, .. "Berta"u8, 0xFF, 0xDA, 0, 3, 1, 1, 0xFF, 0, 2,
            0xFF, 0xD9, .. "a film from 52.5 13.4"u8,
        ];
        File.WriteAllBytes(Path.Combine(Folder, "hive.jpg"), picture);
        var clean = File.ReadAllBytes(Path.Combine(SiteFolder.Build(Folder).Directory, "hive.jpg"));
        var text = Encoding.Latin1.GetString(clean);
        Assert.DoesNotContain("52.5", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Berta", text, StringComparison.Ordinal);
        Assert.Equal(6, clean[2 + 4 + 6 + 8 + 2 + 9]);
        Assert.EndsWith("\u00ff\0\u0002\u00ff\u00d9", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("site.txt", "title: T\ncolour: red\n", "site.txt, line 2: there is no setting \"colour\"")]
    [InlineData("site.txt", "tagline: only\n", "site.txt has no title")]
    [InlineData("notes/first.md", "# A\n", "the name of a note begins with its date")]
    [InlineData("hive.jpg", "no picture", "hive.jpg is not the picture that its name says")]
    [InlineData("hive.heic", "x", "export it as JPEG")]
    public void What_cannot_become_a_site_is_named_with_what_to_do(string path, string content, string expected)
    {
        SiteFolder.Create(Folder, "T", null, "en", TimeProvider.System);
        File.WriteAllText(Path.Combine(Folder, path), content);
        Assert.Contains(expected, Assert.Throws<SiteFolderException>(() => SiteFolder.Build(Folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cleaning_a_mutated_picture_never_throws()
    {
        var random = new Random(1);
        byte[] jpeg = [0xFF, 0xD8, 0xFF, 0xE1, 0, 12, .. "Exif\0\0II"u8, 8, 0, 0xFF, 0xDA, 0, 3, 1, 1, 2, 0xFF, 0xD9];
        byte[] webp = [.. "RIFF"u8, 22, 0, 0, 0, .. "WEBPVP8X"u8, 4, 0, 0, 0, 12, 0, 0, 0, .. "EXIF"u8, 0, 0, 0, 0];
        for (var i = 0; i < 20_000; i++)
        {
            var file = (byte[])(i % 2 == 0 ? jpeg : webp).Clone();
            for (var change = random.Next(4); change >= 0; change--)
                file[random.Next(file.Length)] = (byte)random.Next(256);
            var cut = file.AsSpan(0, random.Next(file.Length + 1));
            _ = PhotographMetadata.CleanJpeg(cut);
            _ = PhotographMetadata.CleanPng(cut);
            _ = PhotographMetadata.CleanWebp(cut);
        }
    }
}

using Heliograph.Demo;

namespace Heliograph.Tests.Demo;

/// <summary>The demo's checks can fail: they find what they look for.</summary>
public sealed class ChecksTests
{
    [Fact]
    public void A_text_among_the_bytes_is_found()
    {
        var checks = new Checks();
        checks.Absent(["secret"u8.ToArray()], "nothing to see"u8.ToArray(), "no secret is out");
        Assert.Equal(1, checks.Held);
        var found = Assert.Throws<DemoException>(() =>
            checks.Absent(["x"u8.ToArray(), "secret"u8.ToArray()], "a secret"u8.ToArray(), "no secret is out"));
        Assert.Equal("check failed: no secret is out", found.Message);
    }

    [Fact]
    public void Nothing_recorded_proves_nothing()
    {
        var found = Assert.Throws<DemoException>(() =>
            new Checks().Absent(["secret"u8.ToArray()], Array.Empty<byte>(), "no secret is out"));
        Assert.Equal("check failed: no secret is out (nothing was recorded)", found.Message);
    }

    [Theory]
    [InlineData("abcd", "abXd", "byte 2 of 4 differs")]
    [InlineData("abcd", "ab", "2 bytes instead of 4")]
    [InlineData("abcd", "abcde", "5 bytes instead of 4")]
    public void Different_bytes_are_reported(string expected, string actual, string detail)
    {
        var found = Assert.Throws<DemoException>(() =>
            new Checks().Same([.. expected.Select(static c => (byte)c)], [.. actual.Select(static c => (byte)c)], "it came back"));
        Assert.Equal($"check failed: it came back ({detail})", found.Message);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1")]
    [InlineData("\u0016\u0003\u0001\u0000\u0005abc")]
    [InlineData("\u0017\u0003\u0003\u0000\u0001a\u0017\u0003")]
    public void Bytes_that_are_not_whole_TLS_records_are_rejected(string bytes) =>
        Assert.Throws<InvalidDataException>(() => TlsRecord.ReadAll(bytes.Select(static c => (byte)c).ToArray()));

    [Fact]
    public void Entropy_is_8_bits_for_a_uniform_distribution_and_0_for_a_single_value()
    {
        Assert.Equal(8, Entropy.BitsPerByte([Enumerable.Range(0, 256).Select(static value => (byte)value).ToArray()]));
        Assert.Equal(0, Entropy.BitsPerByte([new byte[100]]));
    }

    [Fact]
    public void A_page_is_read_as_lines_of_text_without_terminal_control_characters()
    {
        var page = WebPage.Read(
            "<html><head><title>Tea &amp; \u001b[2Jcake</title><style>p{}</style></head><body><h1>One</h1><p>two <a " +
            "href=/>three</a>\nfour</p></body>");
        Assert.Equal("Tea & [2Jcake", page.Title);
        Assert.Equal(["One", "two three four"], page.Lines);
    }
}

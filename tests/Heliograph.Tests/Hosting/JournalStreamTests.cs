using Heliograph.Hosting.Systemd;

namespace Heliograph.Tests.Hosting;

public sealed class JournalStreamTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("8")]
    [InlineData("8:1")]
    [InlineData(":")]
    [InlineData("x:y:z")]
    public void What_does_not_name_the_stream_is_not_believed(string? variable) => Assert.False(JournalStream.Matches(variable, 2));

    [Fact]
    public void A_descriptor_that_is_closed_is_no_stream() => Assert.False(JournalStream.Matches("0:0", 1 << 20));
}

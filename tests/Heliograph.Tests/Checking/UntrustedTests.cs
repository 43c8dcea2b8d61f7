using Heliograph.Checking;

namespace Heliograph.Tests.Checking;

public class UntrustedTests
{
    [Theory]
    [InlineData("plain text", "plain text")]
    [InlineData("\u001b[31mred\u001b[0m", "?[31mred?[0m")]
    [InlineData("a\r\nb\tc\u0000", "a??b?c?")]
    [InlineData("left\u202etfel", "left?tfel")]
    [InlineData("[bold]no markup[/]", "[bold]no markup[/]")]
    [InlineData("Бюро", "Бюро")]
    public void Text_from_a_server_is_made_safe_to_display(string said, string shown) => Assert.Equal(shown, Untrusted.Line(said));

    [Fact]
    public void Half_a_letter_is_made_safe_to_display_too() => Assert.Equal("lone ? half", Untrusted.Line($"lone {'\ud800'} half"));

    [Fact]
    public void Text_from_a_server_is_cut_if_it_is_too_long() =>
        Assert.Equal(new string('x', 80) + "...", Untrusted.Line(new string('x', 100_000)));
}

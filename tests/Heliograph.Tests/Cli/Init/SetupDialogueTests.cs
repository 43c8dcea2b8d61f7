using Heliograph.Cli.Init;

namespace Heliograph.Tests.Cli.Init;

/// <summary>Who types an answer that is not good reads what is wrong with it, and all of that.</summary>
public sealed class SetupDialogueTests
{
    [Theory]
    [InlineData("domains (--domain): \"a b\": not a host name; allowed: host names", "not a host name")]
    [InlineData("acme.email (--email): write the address without mailto:; allowed: an address", "write the address without mailto:")]
    [InlineData("domains must not be empty; allowed: host names", "domains must not be empty")]
    [InlineData("domains: \"a b\": not a host name", "not a host name")]
    public void The_reason_is_left_whole_of_an_error(string error, string expected) =>
        Assert.Equal(expected, SetupDialogue.Shorten(error));
}

namespace Heliograph.Tests.Cli;

public sealed class SudoTests
{
    [Theory]
    [InlineData(true, null, "")]
    [InlineData(true, "1000", "sudo ")]
    [InlineData(false, null, "sudo ")]
    [InlineData(false, "1000", "sudo ")]
    public void A_command_for_root_carries_sudo_unless_the_shell_is_roots(bool isPrivileged, string? caller, string prefix) =>
        Assert.Equal(prefix, Sudo.PrefixFor(isPrivileged, caller));
}

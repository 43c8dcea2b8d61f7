namespace Heliograph.Tests;

/// <summary>Who may not read certbot's files is told how the service may, and is never told to give the keys to anybody else.</summary>
public sealed class FileProblemTests
{
    private static readonly string ForTheService =
        "give the group heliograph access, which certbot keeps from then on: " +
        $"{Sudo.Prefix}sh -c 'cd /etc/letsencrypt && chgrp -R heliograph live archive && chmod 750 live archive && " +
        "chmod 640 archive/*/privkey*.pem'";

    [Theory]
    [InlineData("live")]
    [InlineData("archive")]
    public void The_service_gets_access_by_its_group(string closed) => Assert.Equal(
        $"permission denied: only its owner may enter /etc/letsencrypt/{closed}, as certbot makes it; {ForTheService}",
        FileProblem.DescribeClosed($"/etc/letsencrypt/{closed}", "heliograph", hasServiceGroup: true));

    [Fact]
    public void Somebody_else_uses_sudo_and_gets_no_access_to_the_keys() => Assert.Equal(
        "permission denied: only its owner may enter /etc/letsencrypt/live, as certbot makes it; use sudo for this command, and for the " +
        $"service {ForTheService}",
        FileProblem.DescribeClosed("/etc/letsencrypt/live", "alice", hasServiceGroup: true));

    /// <summary>A server that is not installed as the service runs as a user of the operator's choice.</summary>
    [Fact]
    public void Without_the_service_the_group_is_that_of_the_user_who_runs_it() => Assert.Contains(
        "; give the group proxy access, which certbot keeps from then on: ",
        FileProblem.DescribeClosed("/etc/letsencrypt/live", "proxy", hasServiceGroup: false),
        StringComparison.Ordinal);

    [Fact]
    public void Another_closed_directory_is_named() => Assert.Equal(
        "permission denied: user alice may not enter /root",
        FileProblem.DescribeClosed("/root", "alice", hasServiceGroup: true));
}

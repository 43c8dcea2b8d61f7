using Heliograph.Testing;

namespace Heliograph.Tests.Hosting;

public sealed class ControlGroupTests : IDisposable
{
    private readonly TempDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public void The_tightest_of_a_group_and_those_above_it_counts()
    {
        Write("system.slice", "100", "30");
        Write("system.slice/heliograph.service", "50", "20");
        Assert.Equal(30, Free("0::/system.slice/heliograph.service\n"));
        Write("system.slice", "100", "90");
        Assert.Equal(10, Free("0::/system.slice/heliograph.service\n"));
    }

    [Fact]
    public void A_container_whose_path_is_another_systems_has_its_limit_at_the_root()
    {
        Write(".", "64", "4");
        Assert.Equal(60, Free("0::/docker/abc\n"));
    }

    [Fact]
    public void The_first_version_has_a_hierarchy_of_its_own()
    {
        Write("pids/docker/abc", "64", "60");
        Assert.Equal(4, Free("12:memory:/docker/abc\n8:pids:/docker/abc\n0::/\n"));
    }

    [Theory]
    [InlineData("0::/system.slice\n")]
    [InlineData("")]
    [InlineData("nonsense\n")]
    public void Without_a_limit_there_is_none(string membership)
    {
        Write("system.slice", "max", "30");
        Assert.Equal(long.MaxValue, Free(membership));
    }

    private long Free(string membership) => ControlGroup.FreeTasks(directory.Write("cgroup", membership), directory["fs"]);

    private void Write(string group, string most, string current)
    {
        Directory.CreateDirectory(Path.Combine(directory["fs"], group));
        File.WriteAllText(Path.Combine(directory["fs"], group, "pids.max"), most + "\n");
        File.WriteAllText(Path.Combine(directory["fs"], group, "pids.current"), current + "\n");
    }
}

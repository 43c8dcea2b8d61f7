using Heliograph.Compare;

namespace Heliograph.EndToEnd.Tests.Bench.Comparing;

/// <summary>Who runs where.</summary>
public sealed class ProcessorPlanTests
{
    [Theory]
    [InlineData(1, 2, 1, "0", "1")]
    [InlineData(1, 16, 1, "0", "1")]
    [InlineData(2, 4, 2, "0-1", "2,3")]
    [InlineData(4, 16, 4, "0-3", "4,5,6,7,8,9,10,11,12,13,14,15")]
    public void The_load_has_processors_of_its_own(int asked, int present, int workers, string proxies, string load)
    {
        var plan = ProcessorPlan.For(asked, present);

        Assert.Equal((workers, proxies, load), (plan.Workers, plan.OfProxies, string.Join(',', plan.OfLoad)));
        Assert.Null(plan.Instead);
    }

    [Theory]
    [InlineData(2, 2, 2, "0-1", "0,1")]
    [InlineData(8, 2, 2, "0-1", "0,1")]
    [InlineData(2, 3, 2, "0-1", "0,1,2")]
    public void With_too_few_the_load_shares_them_and_that_is_said(int asked, int present, int workers, string proxies, string load)
    {
        var plan = ProcessorPlan.For(asked, present);

        Assert.Equal((workers, proxies, load), (plan.Workers, plan.OfProxies, string.Join(',', plan.OfLoad)));
        Assert.StartsWith(
            $"--processors {asked} needs {2 * asked} processors, half of them for the load, and this machine has {present}. " +
            $"The proxies have {workers} workers on processors {proxies}, and the load shares them",
            plan.Instead, StringComparison.Ordinal);
    }

    [Fact]
    public void One_processor_is_not_enough() => Assert.Throws<CompareException>(() => ProcessorPlan.For(asked: 1, present: 1));

    [Fact]
    public void What_one_worker_does_is_measured_under_the_same_load()
    {
        var plan = ProcessorPlan.For(asked: 8, present: 16);
        var one = plan.WithOneWorker();

        Assert.Equal((1, "0"), (one.Workers, one.OfProxies));
        Assert.Equal(plan.OfLoad, one.OfLoad);
    }
}

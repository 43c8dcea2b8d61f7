using Heliograph.Compare;
using Heliograph.Compare.Rest;
using Heliograph.Compare.Timing;

// bench/compare, bench/timing and bench/rest.
switch (args)
{
    case ["timing", .. var rest]:
        return new TimingCommandLine().Run(rest, static options =>
        {
            using var session = new ToolSession("timing");
            return session.Run(directory => new TimingRun(options, directory), static run => run.Run());
        });
    case ["rest", .. var rest]:
        return new RestCommandLine().Run(rest, static options =>
        {
            using var session = new ToolSession("rest");
            return session.Run(directory => new RestRun(options, directory), static run => run.Run());
        });
    default:
        return new CompareCommandLine().Run(args, static options =>
        {
            using var session = new Session(options);
            return session.Run();
        });
}

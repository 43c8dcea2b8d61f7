using Heliograph.Compare;
using Heliograph.Compare.Timing;

// bench/compare and bench/timing.
if (args is ["timing", .. var rest])
{
    return new TimingCommandLine().Run(rest, options =>
    {
        using var session = new TimingSession(options);
        return session.Run();
    });
}
return new CompareCommandLine().Run(args, options =>
{
    using var session = new Session(options);
    return session.Run();
});

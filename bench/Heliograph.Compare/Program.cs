using Heliograph.Compare;

return new CompareCommandLine().Run(args, options =>
{
    using var session = new Session(options);
    return session.Run();
});

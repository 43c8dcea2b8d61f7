using Heliograph.Soak;

// bench/soak.
return new SoakCommandLine().Run(args, static options =>
{
    using var session = new SoakSession(options);
    return session.Run();
});

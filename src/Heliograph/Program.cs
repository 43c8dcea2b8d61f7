using Heliograph.Cli;
using Heliograph.Hosting.Systemd;

var errors = JournalStream.IsStandardError ? JournalErrors.Over(Console.Error) : Console.Error;
try
{
    return await CommandLine.RunAsync(args, Console.Out, errors);
}
finally
{
    await errors.FlushAsync();
}

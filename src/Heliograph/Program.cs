using Heliograph.Cli;
using Heliograph.Hosting.Systemd;

return await CommandLine.RunAsync(args, Console.Out, JournalStream.IsStandardError ? new JournalErrors(Console.Error) : Console.Error);

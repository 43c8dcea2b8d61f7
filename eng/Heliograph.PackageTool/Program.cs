using System.Globalization;
using Heliograph.Cli;
using Heliograph.PackageTool;

switch (args)
{
    case ["man", var version, var epoch]:
        Console.Write(ManualPage.Write(CommandLine.Build(), version, Time(epoch)));
        return 0;
    case ["sbom", var version, var epoch, var repository]:
        Console.WriteLine(Sbom.Write(version, Time(epoch), LockFile.ReadAll(Path.Combine(repository, "src"))));
        return 0;
    case ["links", var directory, var address]:
        PackedLinks.Rewrite(directory, address);
        return 0;
    case ["index", var name, var epoch, var output, .. var archives] when archives.Length > 1:
        ImageIndex.Write(name, Time(epoch), output, archives);
        return 0;
    case ["completion", _]:
        return await CommandLine.RunAsync(args, Console.Out, Console.Error);
    default:
        Console.Error.WriteLine(
            "Usage: man VERSION EPOCH | sbom VERSION EPOCH REPOSITORY | links DIRECTORY ADDRESS | index NAME EPOCH OUTPUT ARCHIVE... | "
                + "completion SHELL");
        return 2;
}

static DateTimeOffset Time(string epoch) => DateTimeOffset.FromUnixTimeSeconds(long.Parse(epoch, CultureInfo.InvariantCulture));

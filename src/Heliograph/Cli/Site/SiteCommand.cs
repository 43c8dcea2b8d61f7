using System.CommandLine;
using Heliograph.Hosting;
using Heliograph.Machine;
using Heliograph.Web;
using Heliograph.Web.Sites.Own;
using Microsoft.Extensions.Logging;

namespace Heliograph.Cli.Site;

/// <summary><c>heliograph site new|preview|build</c>: a web site of the operator's own, from texts and photographs.</summary>
internal static class SiteCommand
{
    public static Command Create() => new DocumentedCommand("site", "Write a web site of your own, in plain text.", """
        Whoever is not a Signal client sees a web site. One of your own, about anything, is the best there is: nobody else has it.

        Example:
          heliograph site new /srv/site --title "Bees on Mill Lane"
          heliograph site preview /srv/site
          heliograph site build /srv/site
          heliograph run --domain proxy.example.org --decoy-directory /srv/site/html
        """) { CreateNew(), CreatePreview(), CreateBuild() };

    private static DocumentedCommand CreateNew()
    {
        var directory = FolderArgument();
        var title = new Option<string>("--title") { Description = "The title of the site.", HelpName = "TITLE", Required = true };
        var about = new Option<string?>("--about") { Description = "What it is about, in a few sentences.", HelpName = "TEXT" };
        var language = new Option<string?>("--language")
        {
            Description = "The language you write in. [default: the machine's]",
            HelpName = "LANGUAGE",
        };
        language.CompletionSources.Add([.. DecoySite.Languages]);
        var command = new DocumentedCommand("new", "Write a folder to begin with, with instructions.", """
            Examples:
              heliograph site new /srv/site --title "Bees on Mill Lane"
              heliograph site new /srv/site --title "Two hives" --about "Notes on two hives, kept beside a railway line."

            Exit codes: 0 written, 1 the folder is not empty or cannot be written.
            """) { directory, title, about, language };
        command.SetAction(parsed => Run(() =>
        {
            var folder = parsed.GetValue(directory)!;
            SiteFolder.Create(
                folder, parsed.GetValue(title)!, parsed.GetValue(about), parsed.GetValue(language) ?? MachineLanguage.Find(),
                TimeProvider.System);
            parsed.InvocationConfiguration.Output.WriteLine(
                $"Wrote {Path.GetFullPath(folder)}; README.txt there says how to go on. Then: heliograph site preview {folder}");
        }));
        return command;
    }

    private static DocumentedCommand CreateBuild()
    {
        var directory = FolderArgument();
        var command = new DocumentedCommand("build", "Make the site: plain HTML, in the folder html within it.", """
            Example:
              heliograph site build /srv/site

            Set decoy.directory to the folder html, once. The running server shows what changed at the next request. A file whose content is
            the same keeps its time. Photographs lose the place, the time and the device that a camera writes into them.
            Limits: a text 1 MB, another file 20 MB, all of them 200 MB and 1,000 files.

            Exit codes: 0 made, 3 made, but something should be looked at, 1 the folder cannot become a site.
            """) { directory };
        command.SetAction(parsed =>
        {
            var code = ExitCode.Done;
            return Run(() =>
            {
                var built = SiteFolder.Build(parsed.GetValue(directory)!);
                var output = parsed.InvocationConfiguration.Output;
                foreach (var warning in built.Warnings)
                    output.WriteLine($"! {warning}");
                output.WriteLine($"{built.Directory}: {built.Files} files, {built.Changed} changed");
                if (built.Warnings.Count > 0)
                    code = ExitCode.Warnings;
            }, () => code);
        });
        return command;
    }

    private static DocumentedCommand CreatePreview()
    {
        var directory = FolderArgument();
        var port = new Option<int>("--port") { Description = "The port on 127.0.0.1. [default: a free one]", HelpName = "PORT" };
        port.Validators.Add(static result =>
        {
            if (result.GetValueOrDefault<int>() is < 0 or > 65535)
                result.AddError("--port: not a port; allowed: 1 to 65535, or 0 for a free one");
        });
        var command = new DocumentedCommand("preview", "Show the site on this machine only, as you write it.", """
            Example:
              heliograph site preview /srv/site

            It listens on 127.0.0.1, makes the site anew for each request, and writes nothing. Ctrl-C ends it.
            """) { directory, port };
        command.SetAction(async (parsed, _) =>
        {
            using var signals = new Signals();
            using var logs = Logging.Create(LogLevel.Warning);
            try
            {
                await using var preview = await SiteFolder.PreviewAsync(
                    parsed.GetValue(directory)!, parsed.GetValue(port), logs.CreateLogger("Heliograph"));
                await parsed.InvocationConfiguration.Output.WriteLineAsync(preview.Address);
                await parsed.InvocationConfiguration.Output.FlushAsync(CancellationToken.None);
                await signals.WaitAsync();
                return (int)ExitCode.Done;
            }
            catch (Exception exception) when (exception is SiteFolderException or WebServerException)
            {
                throw new StartException(exception.Message);
            }
        });
        return command;
    }

    private static Argument<string> FolderArgument() => new("FOLDER") { Description = "The folder with the texts and photographs." };

    private static int Run(Action work, Func<ExitCode>? code = null)
    {
        try
        {
            work();
            return (int)(code?.Invoke() ?? ExitCode.Done);
        }
        catch (SiteFolderException exception)
        {
            throw new StartException(exception.Message);
        }
    }
}

using Heliograph.Configuration;
using Heliograph.Machine;
using Heliograph.Web.Sites.Own;
using Spectre.Console;

namespace Heliograph.Cli.Init;

/// <summary>Asks for a web site of the operator's own, and makes one of a few words about anything.</summary>
internal static class SiteQuestion
{
    private const string DefaultFolder = "/srv/heliograph";

    // Fewer are rather a folder that does not exist.
    private const int FewestWords = 4;

    /// <param name="console">Where to ask.</param>
    /// <param name="flags">Receives the site's folder, if there is to be one.</param>
    /// <param name="mayWrite">False: only a folder that exists is good.</param>
    public static void Ask(IAnsiConsole console, Layer flags, bool mayWrite)
    {
        console.WriteLine("Everyone without Signal sees a web site. One of your own is the best cover, because");
        console.WriteLine("nobody else has it. Name its folder, or say in a sentence or two what one could be");
        console.WriteLine("about: a hobby, a plant, a walk, and nothing about you. Enter: the built-in site.");
        var answer = console.Prompt(new TextPrompt<string>("  Site:").AllowEmpty().Validate(text => Check(text.Trim(), mayWrite))).Trim();
        if (answer.Length == 0)
            return;
        var folder = Directory.Exists(answer) ? Path.GetFullPath(answer) : Write(console, answer);
        flags.SetScalar(Keys.DecoyDirectory, folder, Keys.DecoyDirectory.Name);
    }

    private static ValidationResult Check(string text, bool mayWrite)
    {
        if (text.Length == 0 || Directory.Exists(text))
            return ValidationResult.Success();
        if (text[0] is '/' or '.' or '~' || text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length < FewestWords)
            return Error("there is no such folder; for example /srv/site/html, a sentence about a hobby of yours, or nothing");
        return mayWrite ? ValidationResult.Success() : Error("a dry run writes no site; name a folder that exists, or nothing");
    }

    /// <returns>The folder of the finished site.</returns>
    private static string Write(IAnsiConsole console, string about)
    {
        var title = console.Prompt(
            new TextPrompt<string>("  Its title:").Validate(static text =>
                text.Trim().Length is > 0 and <= SiteFolder.LongestTitle
                    ? ValidationResult.Success()
                    : Error($"a title has 1 to {SiteFolder.LongestTitle} characters; for example Bees on Mill Lane"))).Trim();
        var built = "";
        console.Prompt(
            new TextPrompt<string>("  A new folder for it:").DefaultValue(DefaultFolder).Validate(folder =>
            {
                try
                {
                    SiteFolder.Create(folder.Trim(), title, about, MachineLanguage.Find(), TimeProvider.System);
                    built = SiteFolder.Build(folder.Trim()).Directory;
                    return ValidationResult.Success();
                }
                catch (SiteFolderException exception)
                {
                    return Error(exception.Message);
                }
            }));
        console.WriteLine($"  Wrote it to {built}. Change it when you like: \"heliograph site --help\".");
        return built;
    }

    private static ValidationResult Error(string text) => ValidationResult.Error($"  [red]{text.EscapeMarkup()}[/]");
}

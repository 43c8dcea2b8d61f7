using System.Globalization;

namespace Heliograph.Web.Sites.Own;

/// <summary>The folder that <c>heliograph site new</c> writes.</summary>
internal static class StarterFolder
{
    public const string Instructions = "README.txt";

    /// <summary>The files: their paths and texts.</summary>
    public static IEnumerable<(string Path, string Text)> Files(string title, string? about, string language, int look, DateTimeOffset now)
    {
        var day = now.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        yield return (SiteSettings.FileName, $"""
            title: {title}
            tagline:
            author:
            language: {language}
            notes: Notes
            look: {look}

            """);
        yield return ("index.md", about is null ? """
            # Welcome

            Write here what your site is about: a few sentences are enough. An empty line
            begins a new paragraph.

            """ : $"""
            # {title}

            {about}

            """);
        if (about is null)
        {
            yield return ("about.md", """
                # About

                Every file here that ends in .md is a page; its first heading is its title.
                A photograph from the folder: ![what it shows](pictures/example.jpg)

                """);
            yield return ($"notes/{day}-first-note.md", """
                # A first note

                Files in the folder notes are dated by their names. The newest are on the
                first page.

                """);
        }
        yield return (Instructions, """
            This folder becomes a web site. This file does not.

              site.txt               the title, a line below it, your name or a pen name, the
                                     language. Another number for "look" gives other colours,
                                     type and arrangement
              index.md               the first page
              *.md                   more pages, in the menu
              notes/DATE-words.md    dated notes
              everything else        photographs and other files, copied

            The texts are Markdown: https://commonmark.org/help/

              heliograph site preview FOLDER    shows the site on this machine, as you write
              heliograph site build FOLDER      writes it to FOLDER/html

            Then set decoy.directory to FOLDER/html. After each change, build again: that is
            all; the server need not be restarted.

            Photographs (JPEG, PNG, WebP) lose what cameras write beside the picture: the
            place, the time, the device. What the picture itself shows, you have to look at:
            a street sign or a number plate says where it was taken.

            Write about something that you know and that is not about you: a hobby, a plant,
            a walk. Do not name yourself, your employer or this proxy.

            """);
    }
}

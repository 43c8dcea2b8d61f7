namespace Heliograph.Web.Sites.BuiltIn;

/// <summary>A language of the built-in site, and the kinds of sites that there are in it.</summary>
internal sealed record SiteLanguage(string Code, IReadOnlyList<string> Html, IReadOnlyList<string> Dates, IReadOnlyList<string> Kinds)
{
    public static readonly IReadOnlyList<SiteLanguage> All =
    [
        new(
            "en", ["en", "en", "en-GB"], ["d {month} yyyy", "{month} d, yyyy", "yyyy-MM-dd", "d {month}", "dd/MM/yyyy"],
            ["allotment", "astronomy", "baking", "bees", "birds", "choir", "history", "library", "models", "music", "repair", "walking"]),
        new(
            "de", ["de", "de", "de-DE"], ["d. {month} yyyy", "dd.MM.yyyy", "d.M.yyyy", "yyyy-MM-dd"],
            ["chor", "garten", "imker", "modellbahn", "wandern", "werkstatt"]),
        new(
            "fr", ["fr", "fr", "fr-FR"], ["d {month} yyyy", "dd/MM/yyyy", "yyyy-MM-dd"],
            ["atelier", "chorale", "jardin", "randonnee", "ruches"]),
        new(
            "es", ["es", "es", "es-ES"], ["d 'de' {month} 'de' yyyy", "dd/MM/yyyy", "d-M-yyyy", "yyyy-MM-dd"],
            ["colmenas", "coro", "huerto", "senderismo", "taller"]),
        new(
            "pl", ["pl", "pl", "pl-PL"], ["d {monthof} yyyy", "dd.MM.yyyy", "yyyy-MM-dd"],
            ["chor", "ogrod", "pasieka", "warsztat", "wycieczki"]),
    ];

    /// <summary>The language of a code, or English.</summary>
    public static SiteLanguage Find(string code) => All.FirstOrDefault(language => language.Code == code) ?? All[0];
}

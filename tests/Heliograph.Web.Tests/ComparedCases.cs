namespace Heliograph.Web.Tests;

/// <summary>The cases of a comparison with nginx. One that is left out is reported as skipped, with its reason.</summary>
internal static class ComparedCases
{
    public static IEnumerable<TheoryDataRow<string>> Rows(
        IEnumerable<string> names, params IReadOnlyDictionary<string, string>[] exceptions) =>
        names.Select(name => new TheoryDataRow<string>(name) { Skip = ReasonOf(name, exceptions) });

    /// <summary>Exceptions that name no case.</summary>
    public static IEnumerable<string> Unknown(IEnumerable<string> names, params IReadOnlyDictionary<string, string>[] exceptions) =>
        exceptions.SelectMany(static list => list.Keys).Except(names, StringComparer.Ordinal);

    private static string? ReasonOf(string name, IEnumerable<IReadOnlyDictionary<string, string>> exceptions) =>
        exceptions.Select(list => list.GetValueOrDefault(name)).FirstOrDefault(static reason => reason is not null);
}

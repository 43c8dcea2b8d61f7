using Heliograph.Machine;
using Heliograph.Testing;

namespace Heliograph.Tests.Machine;

public sealed class MachineLanguageTests : IDisposable
{
    private readonly TempDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Theory]
    [InlineData("de_DE.UTF-8", "de")]
    [InlineData("pl", "pl")]
    [InlineData("fr_CA@euro", "fr")]
    [InlineData("ja_JP.UTF-8", "en")]
    [InlineData("C.UTF-8", "en")]
    [InlineData("POSIX", "en")]
    [InlineData("", "en")]
    public void It_is_the_locales_where_the_built_in_site_has_it_and_English_elsewhere(string locale, string expected) =>
        Assert.Equal(expected, MachineLanguage.Find(name => name == "LANG" ? locale : null, []));

    [Fact]
    public void LC_ALL_comes_before_LANG_and_both_before_the_systems_file()
    {
        var file = directory.Write("locale", "# set at the installation\nLANG=\"es_ES.UTF-8\"\n");
        Assert.Equal("pl", Find(("LANG", "fr_FR"), ("LC_ALL", "pl_PL")));
        Assert.Equal("fr", Find(("LANG", "fr_FR")));
        Assert.Equal("es", Find());
        Assert.Equal("es", Find(("LANG", "C.UTF-8")));

        string Find(params (string Name, string Value)[] variables) => MachineLanguage.Find(
            name => variables.FirstOrDefault(one => one.Name == name).Value, [directory["missing"], file]);
    }
}

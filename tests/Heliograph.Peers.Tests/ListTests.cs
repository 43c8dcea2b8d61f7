namespace Heliograph.Peers.Tests;

/// <summary>The lists that a reader relies on name what there is.</summary>
public sealed class ListTests
{
    public static TheoryData<string, string> Exceptions
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var (group, name) in KnownExceptions.All.Keys)
                data.Add(group, name);
            return data;
        }
    }

    public static TheoryData<string> Scripts => [.. Inventory.Tlsfuzzer.Keys];

    [Theory]
    [MemberData(nameof(Exceptions))]
    public void A_known_exception_names_a_conversation_and_argues(string group, string name)
    {
        Assert.Contains(name, Conversations.Groups[group]);
        Assert.NotEmpty(KnownExceptions.All[(group, name)]);
    }

    [Fact]
    public void Every_section_of_h2spec_has_conversations() =>
        Assert.All(Inventory.H2spec, static section => Assert.NotEmpty(Conversations.Groups[section]));

    [Theory]
    [MemberData(nameof(Scripts))]
    public void Every_script_of_tlsfuzzer_has_conversations_or_a_reason_why_not(string script)
    {
        var (groups, reason) = Inventory.Tlsfuzzer[script];
        Assert.NotEqual(groups.Length == 0, string.IsNullOrEmpty(reason));
        Assert.All(groups, static group => Assert.NotEmpty(Conversations.Groups[group]));
    }
}

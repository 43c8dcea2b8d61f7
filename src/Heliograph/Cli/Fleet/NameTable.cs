using System.Text.Json;
using Heliograph.Membership;
using static Heliograph.Status.Words;

namespace Heliograph.Cli.Fleet;

/// <summary>What <c>fleet names list</c> prints.</summary>
internal static class NameTable
{
    public static void Write(TextWriter output, NameList list, bool json)
    {
        if (json)
        {
            output.WriteLine(JsonSerializer.Serialize(list, FleetJson.Default.NameList));
            return;
        }
        if (list.Names.Count == 0)
        {
            output.WriteLine("No name is in the list yet; heliograph fleet names add puts one there.");
            return;
        }
        output.WriteLine(Line($"{"name",-40} {"state",-9}{"since",-12}leads to"));
        foreach (var name in list.Names)
            output.WriteLine(Line($"{name.Name,-40} {State(name.State),-9}{$"{name.Since:yyyy-MM-dd}",-12}{Places(name)}").TrimEnd());
    }

    private static string State(NameState state) => state switch
    {
        NameState.Blocked => "blocked",
        NameState.Retired => "retired",
        _ => "given",
    };

    private static string Places(FleetName name) => string.Join(", ", name.Addresses)
        + (name.Machines.Count == 0 ? "" : $" ({string.Join(", ", name.Machines)})");
}

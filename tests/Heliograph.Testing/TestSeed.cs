using System.Globalization;

namespace Heliograph.Testing;

/// <summary>The seed of a test that uses chance.</summary>
public static class TestSeed
{
    public const string Variable = "HELIOGRAPH_TEST_SEED";

    /// <summary>
    /// That of the environment, to run a failed test again, or a new one. It is printed before the test begins: a read out of range would
    /// end the process.
    /// </summary>
    public static int Get(string subject)
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable(Variable), CultureInfo.InvariantCulture, out var given)
            ? given
            : Random.Shared.Next();
        Console.WriteLine($"{subject}: {Variable}={seed}");
        return seed;
    }
}

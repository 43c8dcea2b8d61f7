using Heliograph.Testing;
using Heliograph.Tls13.Handshake;
using Heliograph.Tls13.Hello;

namespace Heliograph.Tls13.Tests.Hello;

public sealed class HelloMutationTests
{
    private const int Count = 100_000;

    /// <summary>
    /// Run again with the seed that a failure names: <c>HELIOGRAPH_TEST_SEED=n</c>. The seed is also printed beforehand, because a read out
    /// of range does not fail the test but ends the process.
    /// </summary>
    [Fact]
    public void Mutated_hellos_never_throw_nor_read_past_their_end_nor_contradict_their_prefixes()
    {
        var seed = TestSeed.Get("Mutated hellos");
        var random = new Random(seed);
        var mutator = new HelloMutator(random);
        using var memory = new GuardedMemory(256 * 1024);
        var answers = new int[3];
        var taken = 0;

        for (var number = 0; number < Count; number++)
        {
            var bytes = mutator.Next();
            try
            {
                var whole = Read(memory.Place(bytes));
                answers[(int)whole]++;
                if (whole == HelloStatus.Hello && ClientOffer.TryRead(memory.Place(bytes), out _))
                    taken++;

                var prefix = Read(memory.Place(bytes.AsSpan(0, random.Next(bytes.Length + 1))));
                Assert.True(prefix == whole || prefix == HelloStatus.NeedMore, $"a prefix is {prefix}, the whole {whole}");
            }
            catch (Exception exception)
            {
                Assert.Fail($"{TestSeed.Variable}={seed}, hello {number}: {exception}\n{Convert.ToHexString(bytes)}");
            }
        }

        Assert.True(taken > Count / 100, $"{taken} were offers of the handshake without libssl; {TestSeed.Variable}={seed}");
        // Mutations that never got past the first check would show nothing.
        Assert.All(answers, count => Assert.True(count > Count / 50, $"answers: {string.Join(", ", answers)}; {TestSeed.Variable}={seed}"));
    }

    [Fact]
    public void The_page_behind_the_mutated_hellos_may_not_be_read()
    {
        using var memory = new GuardedMemory(100);

        Assert.Contains(
            File.ReadLines("/proc/self/maps"),
            line => line.StartsWith($"{memory.Guard:x8}-", StringComparison.Ordinal) && line.Contains(" ---p ", StringComparison.Ordinal));
    }

    /// <summary>Inputs that once got a wrong answer: every prefix of them must agree with the whole.</summary>
    [Fact]
    public void Inputs_of_past_failures_do_not_contradict_their_prefixes()
    {
        var files = Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Fixtures", "hello-regressions"));
        Assert.NotEmpty(files);
        foreach (var file in files)
        {
            var bytes = File.ReadAllBytes(file);
            var answers = Enumerable.Range(0, bytes.Length + 1).Select(length => Read(bytes.AsSpan(0, length))).ToArray();

            Assert.All(answers.SkipWhile(answer => answer == HelloStatus.NeedMore), answer => Assert.Equal(answers[^1], answer));
        }
    }

    private static HelloStatus Read(ReadOnlySpan<byte> bytes)
    {
        var status = ClientHelloReader.Read(bytes, out var hello);
        Assert.Equal(status == HelloStatus.Hello, hello is not null);
        Assert.False(status == HelloStatus.NeedMore && bytes.Length >= ClientHelloReader.LongestHello, "wants more than the bound");
        if (hello?.ServerName is { } name)
            Assert.Matches("^[a-z0-9_.-]{1,253}$", name);
        return status;
    }
}

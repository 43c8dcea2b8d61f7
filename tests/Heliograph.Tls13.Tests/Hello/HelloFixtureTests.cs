using Heliograph.Testing;
using Heliograph.Testing.Hellos;
using Heliograph.Tls13.Hello;

namespace Heliograph.Tls13.Tests.Hello;

/// <summary>Hellos of real clients, whole and in every kind of pieces.</summary>
public sealed class HelloFixtureTests
{
    public static TheoryData<string> Fixtures => [.. HelloFixture.Names];

    [Fact]
    public void There_are_twenty_fixtures() => Assert.Equal(20, HelloFixture.Names.Count);

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void A_real_hello_says_what_its_dissection_says(string name)
    {
        var fixture = HelloFixture.Load(name);

        AssertReads(fixture, fixture.Bytes);
    }

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void A_hello_cut_off_at_any_byte_needs_more(string name)
    {
        var bytes = HelloFixture.Load(name).Bytes;
        using var memory = new GuardedMemory(bytes.Length);

        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Equal(HelloStatus.NeedMore, ClientHelloReader.Read(memory.Place(bytes.AsSpan(0, length)), out var hello));
            Assert.Null(hello);
        }
    }

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void A_hello_in_two_records_is_the_same_wherever_it_is_split(string name)
    {
        var fixture = HelloFixture.Load(name);

        for (var first = 1; first < Records.Message(fixture.Bytes).Length; first++)
            AssertReads(fixture, Records.Split(fixture.Bytes, first));
    }

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void A_hello_in_small_records_is_the_same_and_needs_more_until_its_last_byte(string name)
    {
        var fixture = HelloFixture.Load(name);
        foreach (var size in new[] { 1, 2, 3, 4, 5, 100 })
        {
            var bytes = Records.Fragment(fixture.Bytes, size);
            AssertReads(fixture, bytes);
            // One-byte records at every length would take seconds: five-byte ones cut the same fields.
            for (var length = 0; size >= 5 && length < bytes.Length; length++)
                Assert.Equal(HelloStatus.NeedMore, ClientHelloReader.Read(bytes.AsSpan(0, length), out _));
        }
    }

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void Bytes_in_later_records_are_not_looked_at(string name)
    {
        var fixture = HelloFixture.Load(name);

        // Early data, another handshake message, and no record at all.
        AssertReads(fixture, [.. fixture.Bytes, 23, 3, 3, 0, 2, 0xab, 0xcd]);
        AssertReads(fixture, [.. fixture.Bytes, .. fixture.Bytes]);
        AssertReads(fixture, [.. fixture.Bytes, .. new byte[100_000]]);
    }

    private static void AssertReads(HelloFixture fixture, ReadOnlySpan<byte> bytes)
    {
        using var memory = new GuardedMemory(bytes.Length);

        Assert.Equal(HelloStatus.Hello, ClientHelloReader.Read(memory.Place(bytes), out var hello));
        Assert.NotNull(hello);
        Assert.Equal(fixture.ServerName, hello.ServerName);
        Assert.Equal(fixture.ApplicationProtocols, hello.ApplicationProtocols);
        Assert.Equal(fixture.Versions, hello.Versions);
    }
}

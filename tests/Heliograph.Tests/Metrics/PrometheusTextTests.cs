using Heliograph.Metrics;

namespace Heliograph.Tests.Metrics;

/// <summary>The text format, in cases that the program's own values do not reach.</summary>
public sealed class PrometheusTextTests
{
    [Fact]
    public void Quotes_backslashes_and_line_ends_are_escaped() => Assert.Equal(
        """
        # HELP a_b_seconds_total one \\ two\nthree "four"
        # TYPE a_b_seconds_total counter
        a_b_seconds_total{c_d="\\ \" \n"} 0.5

        """,
        Write(new MetricFamily("a.b", "s", "one \\ two\nthree \"four\"", IsCounter: true, [new(0.5, [new("c.d", "\\ \" \n")])])));

    [Fact]
    public void Several_attributes_are_joined_and_an_instrument_without_a_value_is_left_out() => Assert.Equal(
        """
        # HELP x_bytes X.
        # TYPE x_bytes gauge
        x_bytes{a="1",b="2"} 9007199254740992
        x_bytes 1E-07

        """,
        Write(
            new MetricFamily("w", null, "W.", IsCounter: false, []),
            new MetricFamily(
                "x", "By", "X.", IsCounter: false, [new(9007199254740992, [new("a", "1"), new("b", "2")]), new(1e-7, [])])));

    [Fact]
    public void The_name_of_the_machine_is_the_first_label_of_every_sample() => Assert.Equal(
        """
        # HELP x_bytes X.
        # TYPE x_bytes gauge
        x_bytes{machine="vps1",a="1"} 2
        x_bytes{machine="vps1"} 3

        """,
        PrometheusText.Write([new("x", "By", "X.", IsCounter: false, [new(2, [new("a", "1")]), new(3, [])])], "vps1"));

    private static string Write(params MetricFamily[] families) => PrometheusText.Write(families, machine: null);
}

using System.Net;
using Heliograph.Status;

namespace Heliograph.Tests.Status;

/// <summary>How an operator is told to reach the page.</summary>
public sealed class PageStatusTests
{
    [Theory]
    [InlineData("127.0.0.1:9464", "proxy.example.org", "ssh -L 9464:127.0.0.1:9464 proxy.example.org")]
    [InlineData("[::1]:9465", "proxy.example.org", "ssh -L 9465:[::1]:9465 proxy.example.org")]
    [InlineData("10.0.0.5:80", "proxy.example.org", "ssh -L 80:10.0.0.5:80 proxy.example.org")]
    [InlineData("0.0.0.0:9464", "proxy.example.org", "ssh -L 9464:127.0.0.1:9464 proxy.example.org")]
    [InlineData("[::]:9464", "*.example.org", "ssh -L 9464:127.0.0.1:9464 YOUR-SERVER")]
    [InlineData("127.0.0.1:9464", null, "ssh -L 9464:127.0.0.1:9464 YOUR-SERVER")]
    public void The_command_leads_to_where_the_server_answers(string endpoint, string? name, string command)
    {
        var at = IPEndPoint.Parse(endpoint);

        var page = PageStatus.At(at, SampleStatistics.Certificate with { Names = name is null ? null : [name] });

        Assert.Equal(command, page.Command);
        Assert.Equal($"http://127.0.0.1:{at.Port}/", page.Url);
    }
}

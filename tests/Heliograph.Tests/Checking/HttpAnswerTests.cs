using System.Text;
using Heliograph.Checking;

namespace Heliograph.Tests.Checking;

public class HttpAnswerTests
{
    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nserver:  nginx \r\n\r\nServer: no header\r\n", 200, "200 OK (nginx)")]
    [InlineData("HTTP/1.0 301\r\nLocation: https://a.example/\r\n", 301, "301")]
    [InlineData("HTTP/1.1 400 Bad\u001b Request", 400, "400 Bad? Request")]
    public void The_head_of_an_answer_is_read(string answer, int status, string described)
    {
        var read = HttpAnswer.Read(Encoding.Latin1.GetBytes(answer));
        Assert.Equal((status, described), (read!.Status, read.Described));
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.")]
    [InlineData("HTTP/1.1\r\nServer: a name that is long enough\r\n\r\n")]
    [InlineData("HTTP/1.1 2x0 OK\r\n\r\n")]
    [InlineData("HTTP/2 200\r\n\r\n")]
    [InlineData("\r\n\r\nHTTP/1.1 200 OK\r\n\r\n")]
    public void Anything_else_is_not_an_answer(string answer) => Assert.Null(HttpAnswer.Read(Encoding.Latin1.GetBytes(answer)));
}

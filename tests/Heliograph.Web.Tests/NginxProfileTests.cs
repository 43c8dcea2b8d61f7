using Heliograph.Testing.Nginx;
using Heliograph.Web.Http;
using Heliograph.Web.Http2;
using Heliograph.Web.Sites;

namespace Heliograph.Web.Tests;

/// <summary>Which nginx the decoy behaves like, and what the profiles say of those that this machine does not have.</summary>
public sealed class NginxProfileTests
{
    private static readonly Version Old = new(3, 0), New = new(3, 5);

    [Theory]
    [InlineData("ID=debian\nVERSION_ID=\"12\"\n", "nginx-1.22", "nginx/1.22.1")]
    [InlineData("PRETTY_NAME=\"Debian GNU/Linux 13 (trixie)\"\nVERSION_ID=\"13\"\nID=debian\n", "nginx-1.26", "nginx")]
    [InlineData("ID=ubuntu\nID_LIKE=debian\nVERSION_ID=\"22.04\"\n", "nginx-1.22", "nginx/1.22.1")]
    [InlineData("VERSION_ID='24.04'\nID=ubuntu", "nginx-1.24", "nginx/1.24.0 (Ubuntu)")]
    [InlineData("ID=ubuntu\nVERSION_ID=\"26.04\"\n", "nginx-1.28", "nginx/1.28.3 (Ubuntu)")]
    public void Each_system_has_the_nginx_that_it_ships(string osRelease, string name, string server)
    {
        Assert.All(new[] { Old, New }, openSsl =>
        {
            var profile = NginxProfile.ForSystem(osRelease, openSsl);
            Assert.Equal((name, server), (profile.Name, profile.Server));
        });
    }

    [Theory]
    [InlineData("")]
    [InlineData("ID=fedora\nVERSION_ID=43\n")]
    [InlineData("ID=debian\nVERSION_ID=\"11\"\n")]
    [InlineData("ID=debian\n")]
    [InlineData("=\n\n\"\"=\"\"\nID=\n")]
    public void On_any_other_system_OpenSSL_decides(string osRelease)
    {
        Assert.Equal(NginxProfile.Nginx122, NginxProfile.ForSystem(osRelease, Old));
        Assert.Equal(NginxProfile.Nginx126, NginxProfile.ForSystem(osRelease, New));
    }

    [Fact]
    public void Each_profile_has_a_name_of_its_own() =>
        Assert.Equal(["nginx-1.22", "nginx-1.24", "nginx-1.26", "nginx-1.28"], NginxProfile.All.Select(static profile => profile.Name));

    [Fact]
    [Trait("Needs", "server")]
    public void The_nginx_of_this_machine_is_the_one_of_its_profile()
    {
        Assert.SkipUnless(ComparedNginx.IsInstalled, "nginx is not installed");
        Assert.SkipUnless(ComparedNginx.IsOfThisMachine, $"{ComparedNginx.Variable} names another nginx");
        Assert.Equal(ComparedNginx.Profile, NginxProfile.OfThisMachine().Name);
    }

    [Theory]
    [InlineData("film.ogv", "video/ogg", "nginx-1.24")]
    [InlineData("film.MKV", "video/x-matroska", "nginx-1.24")]
    [InlineData("sheet.xsl", "application/xslt+xml", "nginx-1.26")]
    [InlineData("sheet.xslt", "application/xslt+xml", "nginx-1.26")]
    [InlineData("style.css", "text/css", "nginx-1.22")]
    public void Each_system_knows_the_types_of_its_mime_types(string file, string type, string since) =>
        Assert.All(NginxProfile.All, like => Assert.Equal(
            string.CompareOrdinal(like.Name, since) >= 0 ? type : "application/octet-stream", MimeTypes.ForPath("/" + file, like)));

    /// <summary>ngx_http_v2_run_request of 1.28.1, and ngx_http_process_host before it.</summary>
    [Theory]
    [InlineData(0, 400, ":authority=a", "host=a")]
    [InlineData(400, 400, ":authority=a", "host=b")]
    [InlineData(400, 400, "host=b", ":authority=a")]
    [InlineData(0, 400, "host=a", ":authority=a")]
    [InlineData(400, 400, ":authority=a:443", "host=a")]
    [InlineData(400, 400, ":authority=a", ":authority=a")]
    [InlineData(400, 400, "host=a", "host=a")]
    [InlineData(400, 400, ":authority=a", "host=a/")]
    [InlineData(400, 400, ":authority=")]
    [InlineData(400, 400)]
    [InlineData(0, 0, "host=a")]
    [InlineData(0, 501, "host=a", "transfer-encoding=gzip")]
    [InlineData(0, 400, "host=a", "transfer-encoding=chunked", "content-length=0")]
    [InlineData(405, 405, ":method=CONNECT", "host=a")]
    [InlineData(400, 405, ":method=CONNECT", "host=a", "content-length=1")]
    [InlineData(400, 400, "host=a", "content-length=1")]
    public void HTTP2_requests_are_checked_apart_since_1_28(int expected, int before, params string[] fields)
    {
        Assert.Equal(expected, StatusOf(NginxProfile.Nginx128, fields));
        Assert.All([NginxProfile.Nginx122, NginxProfile.Nginx124, NginxProfile.Nginx126], like =>
            Assert.Equal(before, StatusOf(like, fields)));
    }

    [Theory]
    [InlineData("Name=value")]
    [InlineData("a b=value")]
    [InlineData("name=a\nb")]
    public void A_malformed_field_is_answered_except_by_the_oldest(string field)
    {
        var (name, value) = Split(field);
        Assert.All(NginxProfile.All, like =>
        {
            var builder = new Http2RequestBuilder(like);
            builder.AddField(name, value);
            var isOld = like == NginxProfile.Nginx122;
            Assert.Equal((isOld, isOld ? 0 : 400), (builder.IsMalformed, builder.RefusedWith));
        });
    }

    [Theory]
    [InlineData("MSIE 6.0; x", "curl", true, true)]
    [InlineData("curl", "MSIE 6.0; x", false, true)]
    [InlineData("curl", "Chrome/1", false, true)]
    [InlineData("MSIE 7.0; x", "Opera", true, false)]
    public void Of_several_user_agents_the_oldest_reads_the_first(string first, string second, bool old, bool others)
    {
        Assert.All(NginxProfile.All, like =>
        {
            var head = new RequestHead(like) { Version = RequestHead.Http11 };
            Assert.True(head.TryAdd("user-agent", first) && head.TryAdd("user-agent", second));
            Assert.Equal(like == NginxProfile.Nginx122 ? old : others, head.WantsPaddedErrors);
        });
    }

    private static int StatusOf(NginxProfile like, string[] fields)
    {
        var builder = new Http2RequestBuilder(like);
        string[] rest = [":scheme=https", ":path=/", .. fields];
        foreach (var field in fields.Any(static field => field.StartsWith(":method", StringComparison.Ordinal))
            ? rest
            : [":method=GET", .. rest])
        {
            var (name, value) = Split(field);
            builder.AddField(name, value);
            if (builder.RefusedWith != 0)
                return builder.RefusedWith;
        }
        builder.Finish(hasBody: false);
        return builder.RefusedWith;
    }

    private static (string Name, string Value) Split(string field)
    {
        var at = field.IndexOf('=', 1);
        return (field[..at], field[(at + 1)..]);
    }
}

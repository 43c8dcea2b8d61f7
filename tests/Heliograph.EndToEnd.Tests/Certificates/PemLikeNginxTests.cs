using Heliograph.Platform.Pem;
using Heliograph.Testing;
using Heliograph.Testing.Certificates;
using Heliograph.Testing.Nginx;

namespace Heliograph.EndToEnd.Tests.Certificates;

/// <summary>
/// The real nginx is the measure of which PEM files are taken. Where it takes one and drops a certificate of it in silence, the program
/// refuses the file, or takes all of it.
/// </summary>
[Trait("Needs", "server")]
public sealed class PemLikeNginxTests : IDisposable
{
    private readonly TempDirectory directory = new();
    private readonly TestAuthority authority = new();
    private readonly TestCertificate good;

    public PemLikeNginxTests() => good = authority.IssueThroughIntermediate("proxy.example");

    public void Dispose()
    {
        authority.Dispose();
        directory.Dispose();
    }

    [Theory]
    [InlineData("as it is")]
    [InlineData("with CRLF")]
    [InlineData("with a byte order mark")]
    [InlineData("with a byte order mark before its second block")]
    [InlineData("with text around")]
    [InlineData("with blanks at the ends of its lines")]
    [InlineData("without its last line end")]
    [InlineData("in one line of base64 each")]
    [InlineData("with its key before it")]
    [InlineData("with the old label")]
    [InlineData("with a trusted leaf")]
    public async Task What_nginx_takes_whole_is_taken_whole(string how)
    {
        var chain = await ChangeAsync(how);
        Assert.Equal(2, await SentByNginxAsync(chain, good.KeyPem));
        Assert.Equal(2, ChainPem.Read(chain).Count);
    }

    [Theory]
    [InlineData("empty")]
    [InlineData("cut in its second block")]
    [InlineData("cut in its second block's end")]
    [InlineData("with glued blocks")]
    [InlineData("with a letter lost")]
    [InlineData("with a line lost")]
    [InlineData("with a letter that is not base64")]
    [InlineData("with a second block that is no certificate")]
    [InlineData("with an empty line in its second block")]
    [InlineData("with text behind an end")]
    [InlineData("with a wrong end")]
    [InlineData("as PKCS 7")]
    public async Task What_nginx_refuses_is_refused(string how)
    {
        var chain = await ChangeAsync(how);
        Assert.Equal(0, await SentByNginxAsync(chain, good.KeyPem));
        Assert.Throws<PemException>(() => ChainPem.Read(chain));
    }

    [Theory]
    [InlineData("with a beginning lost")]
    [InlineData("with four hyphens")]
    [InlineData("with text behind a beginning")]
    [InlineData("with an indented block")]
    [InlineData("cut in its second block's beginning")]
    public async Task Where_nginx_drops_a_certificate_in_silence_the_file_is_refused(string how)
    {
        var chain = await ChangeAsync(how);
        Assert.Equal(1, await SentByNginxAsync(chain, good.KeyPem));
        Assert.Contains(": block 2, line ", Assert.Throws<PemException>(() => ChainPem.Read(chain)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("with a byte order mark after an empty line")]
    [InlineData("with a trusted intermediate")]
    public async Task Where_nginx_drops_a_certificate_that_can_be_read_it_is_taken(string how)
    {
        var chain = await ChangeAsync(how);
        Assert.Equal(1, await SentByNginxAsync(chain, good.KeyPem));
        Assert.Equal(2, ChainPem.Read(chain).Count);
    }

    [Theory]
    [InlineData("\ufeff", "")]
    [InlineData("-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n", "")]
    [InlineData("", "The end\n")]
    public async Task A_key_is_found_where_nginx_finds_it(string before, string after)
    {
        var key = before + good.KeyPem + after;
        Assert.Equal(2, await SentByNginxAsync(good.ChainPem, key));
        Assert.Equal(PrivateKeyPem.Read(good.KeyPem), PrivateKeyPem.Read(key));
    }

    /// <summary>The remedy in the refusal is a command: it has to work.</summary>
    [Fact]
    public async Task A_curve_by_explicit_parameters_is_refused_and_the_command_named_there_mends_it()
    {
        directory.Write("key.pem", good.KeyPem);
        await OpenSslAsync("ec", "-in", directory["key.pem"], "-param_enc", "explicit", "-out", directory["explicit.pem"]);
        var refusal = Assert.Throws<PemException>(() => PrivateKeyPem.Read(File.ReadAllText(directory["explicit.pem"])));
        Assert.Contains("openssl ec -in KEY -param_enc named_curve -out KEY.named", refusal.Message, StringComparison.Ordinal);
        await OpenSslAsync("ec", "-in", directory["explicit.pem"], "-param_enc", "named_curve", "-out", directory["named.pem"]);
        Assert.Equal(PrivateKeyPem.Read(good.KeyPem), PrivateKeyPem.Read(File.ReadAllText(directory["named.pem"])));
    }

    private async Task<string> ChangeAsync(string how)
    {
        var whole = good.ChainPem;
        var second = whole.IndexOf("-----BEGIN", 1, StringComparison.Ordinal);
        var (one, two) = (whole[..second], whole[second..]);
        var lines = two.Split('\n');
        return how switch
        {
            "as it is" => whole,
            "with CRLF" => whole.Replace("\n", "\r\n", StringComparison.Ordinal),
            "with a byte order mark" => "\ufeff" + whole,
            "with a byte order mark before its second block" => one + "\ufeff" + two,
            "with a byte order mark after an empty line" => one + "\n\ufeff" + two,
            "with text around" => $"the leaf\n{one}\nsubject=CN = x: y\n{two}\nThe end\n",
            "with blanks at the ends of its lines" => whole.Replace("\n", " \t\n", StringComparison.Ordinal),
            "without its last line end" => whole.TrimEnd('\n'),
            "in one line of base64 each" => string.Concat(
                ChainPem.Read(whole).Select(static der =>
                    $"-----BEGIN CERTIFICATE-----\n{Convert.ToBase64String(der.Span)}\n-----END CERTIFICATE-----\n")),
            "with its key before it" => good.KeyPem + whole,
            "with the old label" => whole.Replace(" CERTIFICATE", " X509 CERTIFICATE", StringComparison.Ordinal),
            "with a trusted leaf" => await TrustAsync(one) + two,
            "with a trusted intermediate" => one + await TrustAsync(two),
            "empty" => "",
            "cut in its second block" => whole[..(second + 200)],
            "cut in its second block's end" => whole[..^10],
            "cut in its second block's beginning" => whole[..(second + 18)],
            "with glued blocks" => one.TrimEnd('\n') + two,
            "with a letter lost" => one + two[..40] + two[41..],
            "with a line lost" => one + string.Join('\n', lines.Where((_, index) => index != 3)),
            "with a letter that is not base64" => one + two[..40] + "*" + two[41..],
            "with a second block that is no certificate" => one + "-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n",
            "with an empty line in its second block" => one + string.Join('\n', [.. lines[..4], "", .. lines[4..]]),
            "with text behind an end" => whole.TrimEnd('\n') + " # the end\n",
            "with a wrong end" => whole.Replace("-----END CERTIFICATE-----", "-----END CERT-----", StringComparison.Ordinal),
            "with a beginning lost" => one + string.Join('\n', lines[1..]),
            "with four hyphens" => one + two[1..],
            "with text behind a beginning" => one + string.Join('\n', [lines[0] + " # the intermediate", .. lines[1..]]),
            "with an indented block" => one + string.Join('\n', lines.Select(static line => "  " + line)),
            "as PKCS 7" => await PackAsync(whole),
            _ => throw new ArgumentException($"no such change: {how}", nameof(how)),
        };
    }

    /// <returns>How many certificates a client is sent; 0: it does not start.</returns>
    private async Task<int> SentByNginxAsync(string chain, string key)
    {
        var (chainPath, keyPath) = (directory.Write("nginx-chain.pem", chain), directory.Write("nginx-key.pem", key));
        var endPoint = LoopbackPort.Free();
        try
        {
            await using var nginx = await NginxProcess.StartAsync(
                NginxProcess.CreatePrefix(),
                $"server {{ listen {endPoint} ssl; ssl_certificate {chainPath}; ssl_certificate_key {keyPath}; return 204; }}",
                "",
                [endPoint.ToString()]);
            var shown = await OpenSslAsync("s_client", "-connect", endPoint.ToString(), "-showcerts");
            return shown.Split("-----BEGIN CERTIFICATE-----").Length - 1;
        }
        catch (InvalidOperationException refusal)
        {
            Assert.Contains("[emerg]", refusal.Message, StringComparison.Ordinal);
            return 0;
        }
    }

    private async Task<string> TrustAsync(string certificate)
    {
        directory.Write("one.pem", certificate);
        var trusted = await OpenSslAsync("x509", "-in", directory["one.pem"], "-trustout", "-addtrust", "serverAuth");
        Assert.StartsWith("-----BEGIN TRUSTED CERTIFICATE-----", trusted, StringComparison.Ordinal);
        return trusted;
    }

    private async Task<string> PackAsync(string chain)
    {
        directory.Write("whole.pem", chain);
        return await OpenSslAsync("crl2pkcs7", "-nocrl", "-certfile", directory["whole.pem"]);
    }

    private static async Task<string> OpenSslAsync(params string[] arguments)
    {
        var (code, output, errors) = await ChildProcess.RunAsync("openssl", arguments, TimeSpan.FromSeconds(30));
        Assert.True(code == 0, errors);
        return output;
    }
}

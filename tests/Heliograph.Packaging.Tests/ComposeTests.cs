using System.Text.RegularExpressions;
using Heliograph.Testing;
using YamlDotNet.RepresentationModel;

namespace Heliograph.Packaging.Tests;

/// <summary>compose.yaml matches the Dockerfile and the program. No container engine is available here to read it.</summary>
public sealed partial class ComposeTests
{
    private static readonly string Folder = Repository.PathOf("packaging/container");
    private readonly string dockerfile = File.ReadAllText(Path.Combine(Folder, "Dockerfile"));
    private readonly YamlMappingNode compose = Load("compose.yaml");
    private readonly YamlMappingNode service;

    private readonly Packages packages;

    public ComposeTests(Packages packages)
    {
        this.packages = packages;
        service = (YamlMappingNode)compose["services"]["heliograph"];
    }

    [Fact]
    public void There_is_one_service_and_no_key_unknown_to_compose()
    {
        Assert.Equal(["services", "volumes"], Keys(compose));
        Assert.Equal(["heliograph"], Keys(compose["services"]));
        string[] known =
        [
            "image",
            "environment",
            "ports",
            "volumes",
            "read_only",
            "tmpfs",
            "user",
            "cap_drop",
            "security_opt",
            "sysctls",
            "healthcheck",
            "stop_signal",
            "stop_grace_period",
            "restart",
            "logging",
        ];
        Assert.Equal(known.Order(StringComparer.Ordinal), Keys(service).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void It_has_no_permission_that_it_does_not_need()
    {
        Assert.Equal("true", service["read_only"].ToString());
        Assert.Equal(["ALL"], Values(service["cap_drop"]));
        Assert.Equal(["no-new-privileges:true"], Values(service["security_opt"]));
        Assert.Equal("0", service["sysctls"]["net.ipv4.ip_unprivileged_port_start"].ToString());
        Assert.Equal(Instruction("USER"), service["user"].ToString());
        Assert.NotEqual("0", Instruction("USER").Split(':')[0]);
    }

    [Fact]
    public void Ports_volume_signal_and_health_check_are_those_of_the_image()
    {
        Assert.Equal(Instruction("EXPOSE").Split(' ').Select(static port => $"{port}:{port}"), Values(service["ports"]));
        var volume = Assert.Single(Values(service["volumes"])).Split(':');
        Assert.Equal([volume[0]], Keys(compose["volumes"]));
        Assert.Equal(Instruction("VOLUME"), volume[1]);
        Assert.Equal(Instruction("STOPSIGNAL"), service["stop_signal"].ToString());
        Assert.Equal(
            $"[{string.Join(", ", Values(service["healthcheck"]["test"]).Select(static word => $"\"{word}\""))}]",
            HealthCheck().Match(dockerfile).Groups["test"].Value.Replace("CMD [", "[\"CMD\", ", StringComparison.Ordinal));
    }

    /// <summary>A small machine cannot compile the program.</summary>
    [Fact]
    public void It_uses_the_image_of_this_version_and_builds_nothing() => Assert.Equal(ContainerImage.Name, service["image"].ToString());

    [Fact]
    public void The_second_file_only_builds_the_image_from_the_Dockerfile_under_a_name_of_its_own()
    {
        var build = (YamlMappingNode)Load("compose.build.yaml")["services"]["heliograph"];
        Assert.Equal(["image", "build"], Keys(build));
        Assert.NotEqual(service["image"], build["image"]);
        var context = Path.GetFullPath(Path.Combine(Folder, build["build"]["context"].ToString()));
        Assert.Equal(Repository.PathOf(""), context);
        Assert.Equal(Path.Combine(Folder, "Dockerfile"), Path.Combine(context, build["build"]["dockerfile"].ToString()));
    }

    [Fact]
    public void The_grace_period_is_longer_than_the_drain() =>
        Assert.True(
            int.Parse(service["stop_grace_period"].ToString().TrimEnd('s')) > 40,
            "limits.drain_timeout (30 s) and limits.connect_timeout (10 s)");

    [Fact]
    public async Task The_program_accepts_the_environment()
    {
        using var directory = new TempDirectory();
        var environment = ((YamlMappingNode)service["environment"]).Children.ToDictionary(
            static entry => entry.Key.ToString(),
            static entry => (string?)Variable().Replace(entry.Value.ToString(), "proxy.example.org"),
            StringComparer.Ordinal);
        var (code, output, errors) = await ChildProcess.RunAsync(
            Path.Combine(packages.Native, "heliograph"), ["config", "show"], TimeSpan.FromSeconds(30), directory.Path, environment);
        Assert.Equal((0, ""), (code, errors));
        Assert.Contains("domains: [proxy.example.org]", output, StringComparison.Ordinal);
        Assert.Contains("state_directory: " + Instruction("VOLUME"), output, StringComparison.Ordinal);
    }

    private static YamlMappingNode Load(string file)
    {
        var stream = new YamlStream();
        using var reader = File.OpenText(Path.Combine(Folder, file));
        stream.Load(reader);
        return (YamlMappingNode)stream.Documents[0].RootNode;
    }

    private static IEnumerable<string> Keys(YamlNode node) => ((YamlMappingNode)node).Children.Keys.Select(static key => key.ToString());

    private static IEnumerable<string> Values(YamlNode node) => ((YamlSequenceNode)node).Children.Select(static value => value.ToString());

    private string Instruction(string name) =>
        dockerfile.Split('\n').Last(line => line.StartsWith(name + " ", StringComparison.Ordinal))[(name.Length + 1)..];

    [GeneratedRegex(@"^HEALTHCHECK .*?(?<test>CMD \[.*\])$", RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex HealthCheck();

    [GeneratedRegex(@"\$\{\w+:\?[^}]*\}", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Variable();
}

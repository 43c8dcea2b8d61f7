using System.Reflection;
using Microsoft.Extensions.Logging;

namespace Heliograph.Tests.Hosting;

/// <summary>A log lasts, and a service's log is read by others: a count of connections goes into it rounded only.</summary>
public sealed class LoggedNumberTests
{
    /// <summary>Each number that a log message may hold, and why it tells nothing about who uses the proxy.</summary>
    private static readonly Dictionary<string, string> Known = new(StringComparer.Ordinal)
    {
        ["HostLog.BudgetLow.percent"] = "of the month's traffic, from 80 on",
        ["HostLog.ChallengeNotServed.missing"] = "machines of the operator's fleet",
        ["HostLog.ListUnreadable.version"] = "of the program's own list of hosts",
        ["HostLog.SourceListTaken.prefixes"] = "of a list in sources.block or sources.allow",
        ["RelayLog.AcceptPaused.milliseconds"] = "a constant",
        ["RelayLog.Full.limit"] = "limits.max_connections",
        ["RelayLog.Refused.source"] = "rounded by HourlyLog",
        ["RelayLog.Refused.handshake"] = "rounded by HourlyLog",
    };

    [Fact]
    public void Every_number_in_a_log_message_is_known_to_be_rounded_or_to_count_no_connections()
    {
        Type[] numbers = [typeof(int), typeof(long), typeof(uint), typeof(ulong), typeof(double)];
        var logged =
            from method in Messages()
            from parameter in method.GetParameters()
            where numbers.Contains(parameter.ParameterType)
            select $"{method.DeclaringType!.Name}.{method.Name}.{parameter.Name}";
        Assert.Equal(Known.Keys.Order(StringComparer.Ordinal), logged.Order(StringComparer.Ordinal));
    }

    /// <remarks>The program and two of its libraries log under one name.</remarks>
    [Fact]
    public void Every_message_has_a_name_of_its_own_under_which_JSON_has_it()
    {
        var names = Messages()
            .Where(static method => method.DeclaringType!.Name is "HostLog" or "AcmeLog" or "PlatformLog")
            .Select(static method => method.Name)
            .ToList();
        Assert.True(names.Count > 40, "the messages are not found");
        Assert.Equal(names.Distinct(StringComparer.Ordinal), names);
    }

    private static IEnumerable<MethodInfo> Messages() =>
        from assembly in Ours()
        from type in assembly.GetTypes()
        from method in type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
        where method.GetCustomAttribute<LoggerMessageAttribute>() is not null
        select method;

    private static IEnumerable<Assembly> Ours() => typeof(HostLog).Assembly.GetReferencedAssemblies()
        .Where(static name => name.Name!.StartsWith("Heliograph.", StringComparison.Ordinal))
        .Select(Assembly.Load)
        .Append(typeof(HostLog).Assembly);
}

using System.Reflection;
using System.Reflection.Emit;
using Heliograph.Relay.Hello;

namespace Heliograph.Relay.Tests.Hello;

/// <summary>Invariant: the hello reader does no I/O and knows no other part of the relay. Read from its compiled code.</summary>
public sealed class HelloPurityTests
{
    private const BindingFlags All =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> OpCodesByValue = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => code.Value);

    private static readonly HashSet<string> Allowed = new(StringComparer.Ordinal)
    {
        "System", "System.Buffers", "System.Buffers.Binary", "System.Collections.Generic", "System.Runtime.CompilerServices", "System.Text",
        "Heliograph.Relay.Hello",
    };

    [Fact]
    public void The_hello_reader_calls_nothing_but_memory_and_text()
    {
        var types = typeof(ClientHelloReader).Assembly.GetTypes()
            .Where(type => type.Namespace == typeof(ClientHelloReader).Namespace)
            .ToArray();

        Assert.Contains(typeof(HandshakeRecord), types);
        Assert.All(types.SelectMany(Used), used => Assert.Contains(used, Allowed));
    }

    [Fact]
    public void The_check_sees_a_file_and_a_socket()
    {
        var used = Used(typeof(Impure)).ToHashSet(StringComparer.Ordinal);

        Assert.Contains("System.IO", used);
        Assert.Contains("System.Net.Sockets", used);
    }

    /// <summary>The namespaces of every method called and every field and type touched.</summary>
    private static IEnumerable<string> Used(Type type) =>
        type.GetMethods(All).Cast<MethodBase>().Concat(type.GetConstructors(All)).SelectMany(Used);

    private static IEnumerable<string> Used(MethodBase method)
    {
        var il = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        for (var position = 0; position < il.Length;)
        {
            var code = il[position] == 0xfe ? OpCodesByValue[(short)(0xfe00 | il[position + 1])] : OpCodesByValue[il[position]];
            position += code.Size;
            if (code.OperandType is OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok)
            {
                var member = method.Module.ResolveMember(
                    BitConverter.ToInt32(il, position), method.DeclaringType!.GetGenericArguments(), method.IsGenericMethod ? method.GetGenericArguments() : []);
                if ((member as Type ?? member!.DeclaringType!).Namespace is { } used)
                    yield return used;
            }

            position += OperandLength(code, il, position);
        }
    }

    private static int OperandLength(OpCode code, byte[] il, int position) => code.OperandType switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(il, position)),
        _ => 4,
    };

    private static class Impure
    {
        public static bool Exists(string path) => File.Exists(path);

        public static bool IsConnected(object socket) => ((System.Net.Sockets.Socket)socket).Connected;
    }
}

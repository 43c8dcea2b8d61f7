using System.Reflection;
using System.Reflection.Emit;
using Heliograph.Relay.Hello;

namespace Heliograph.Relay.Tests.Hello;

/// <summary>Invariant: the hello reader does no I/O and knows no other part of the relay. Found by following its compiled code.</summary>
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
    public void The_hello_reader_reaches_nothing_but_memory_and_text()
    {
        var reached = Reached(typeof(ClientHelloReader));

        Assert.Contains(typeof(HandshakeRecord), reached);
        Assert.Contains(typeof(HostName), reached);
        Assert.All(reached, type => Assert.Contains(type.Namespace!, Allowed));
    }

    [Fact]
    public void The_check_sees_a_file_and_a_socket()
    {
        var reached = Reached(typeof(Impure));

        Assert.Contains(typeof(File), reached);
        Assert.Contains(typeof(System.Net.Sockets.Socket), reached);
    }

    /// <summary>The types whose members a type uses, and of those in the same assembly in turn what they use.</summary>
    private static HashSet<Type> Reached(Type root)
    {
        var reached = new HashSet<Type>();
        var open = new Queue<Type>([root]);
        while (open.TryDequeue(out var type))
        {
            if (reached.Add(type) && type.Assembly == root.Assembly)
            {
                foreach (var used in type.GetMethods(All).Cast<MethodBase>().Concat(type.GetConstructors(All)).SelectMany(Used))
                    open.Enqueue(used);
            }
        }

        return reached;
    }

    /// <summary>The types of every method called and every field touched, and the types named themselves.</summary>
    private static IEnumerable<Type> Used(MethodBase method)
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
                var used = member as Type ?? member!.DeclaringType!;
                // A type that the compiler made for constant data stands in no namespace.
                if (used.Namespace is not null)
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

using System.Reflection;
using System.Reflection.Emit;

namespace Heliograph.Testing;

/// <summary>What a type's code can reach, found by following its compiled code: shows that a reader does no I/O.</summary>
public static class ReachedTypes
{
    private const BindingFlags All =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> OpCodesByValue = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => code.Value);

    /// <summary>The types whose members a type uses and, for those in the same assembly, what they use in turn.</summary>
    public static IReadOnlyCollection<Type> From(Type root)
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

    /// <summary>The types of every method called and every field used, and the types named directly.</summary>
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
                    BitConverter.ToInt32(il, position),
                    method.DeclaringType!.GetGenericArguments(),
                    method.IsGenericMethod ? method.GetGenericArguments() : []);
                var used = member as Type ?? member!.DeclaringType!;
                // A type that the compiler generates for constant data is in no namespace.
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
}

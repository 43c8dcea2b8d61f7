using Heliograph.Platform.Minisign;
using Heliograph.Relay.Routing;

namespace Heliograph.HostLists;

/// <summary>A list whose signature was checked.</summary>
/// <param name="List">What it says.</param>
/// <param name="Bytes">As it was signed.</param>
internal sealed record SignedList(HostList List, byte[] Bytes)
{
    /// <summary>What is added to the name of a list for that of its signature, as minisign does.</summary>
    public const string SignatureSuffix = ".minisig";

    /// <summary>Not a byte of the list is looked at before its signature is known to be good.</summary>
    /// <param name="source">Where it is from, for messages.</param>
    /// <param name="bytes">The list.</param>
    /// <param name="signature">The file with its signature.</param>
    /// <param name="key">Whose signature it has to be.</param>
    /// <exception cref="StartException">The signature is not good, or the list is of no use.</exception>
    public static SignedList Open(string source, byte[] bytes, byte[] signature, MinisignKey key)
    {
        var parsed = MinisignSignature.Parse(signature)
            ?? throw new StartException($"{source}{SignatureSuffix} is no signature of minisign, or is cut short; get it once more");
        if (parsed.FindProblem(key, bytes) is { } forged)
            throw new StartException($"{source} is refused: its signature {forged}; get both files once more, from the project itself");
        return HostListReader.Read(bytes, out var problem) is { } list
            ? new(list, bytes)
            : throw new StartException($"{source} is refused: {problem}");
    }
}

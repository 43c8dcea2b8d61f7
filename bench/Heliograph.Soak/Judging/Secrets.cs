using System.Globalization;
using System.Net;

namespace Heliograph.Soak.Judging;

/// <summary>What must stand nowhere: the clients' addresses, in the forms one could be written in, and the names they ask for.</summary>
internal static class Secrets
{
    public const string Written = "an address or a name was written";

    /// <summary>Names that hostile clients ask for, in the outer hello and in the inner one.</summary>
    public const string OuterName = "front-name-5571.example";
    public const string InnerName = "whistle-blower-haven-7319.example";

    /// <summary>The clients' addresses. Nothing else has one of them.</summary>
    public static IReadOnlyList<IPAddress> Addresses { get; } =
        [.. Enumerable.Range(0, 64).Select(static i => new IPAddress([127, 83, (byte)(19 + i), (byte)(7 + (3 * i))]))];

    private static readonly string[] Forms = [OuterName, InnerName, .. Addresses.SelectMany(FormsOf)];

    /// <summary>Adds what a text says that it must not say.</summary>
    /// <param name="where">Where it stands.</param>
    /// <param name="text">All of it.</param>
    /// <param name="findings">Gets the place and the form, not the line.</param>
    public static void Judge(string where, string text, Findings findings)
    {
        foreach (var form in Forms.Where(form => text.Contains(form, StringComparison.OrdinalIgnoreCase)))
            findings.Add(Written, $"{where} has {form}");
    }

    private static IEnumerable<string> FormsOf(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        yield return address.ToString();
        yield return string.Join('-', bytes);
        yield return Convert.ToHexString(bytes);
        yield return Convert.ToHexString([.. bytes.Reverse()]);
        yield return string.Join(':', bytes.Select(static part => part.ToString("x2", CultureInfo.InvariantCulture)));
        yield return ((uint)IPAddress.NetworkToHostOrder(BitConverter.ToInt32(bytes))).ToString(CultureInfo.InvariantCulture);
        yield return BitConverter.ToUInt32(bytes).ToString(CultureInfo.InvariantCulture);
    }
}

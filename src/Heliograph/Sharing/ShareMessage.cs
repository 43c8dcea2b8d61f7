namespace Heliograph.Sharing;

/// <summary>A link as a message to a friend: what it is, what to tap, what to do if that fails, and to delete it.</summary>
internal static class ShareMessage
{
    /// <summary>
    /// A blank line between its parts, and the link and the address on lines of their own: a messenger then finds their ends, and a
    /// finger copies one of them. Each other line begins with a letter of its language, from which messengers take the direction of a
    /// line (Unicode Standard Annex 9, rule P2).
    /// </summary>
    public static string Write(ShareLink link, string url, ShareTexts texts) => $"""
        {texts.Purpose}

        {texts.Tap}
        {url}

        {texts.ByHand}
        {link.Address}
        {texts.Android}
        {texts.Phone}

        {texts.DeleteMessage}
        """;
}

namespace Heliograph.Sharing.Languages;

/// <summary>The texts that the others translate.</summary>
internal static class English
{
    public static ShareTexts Texts { get; } = new()
    {
        Code = "en",
        Title = "Signal through a proxy",
        Purpose =
            "With this link, Signal works where it is blocked. " +
            "Your messages stay encrypted: whoever runs the proxy cannot read them.",
        Tap = "Open it on the phone that has Signal, then tap “Use proxy”:",
        Scan =
            "Point the camera of the phone that has Signal at this code, or open the link below, " +
            "then tap “Use proxy”.",
        ByHand =
            "If a web page opens instead of Signal (perhaps because Signal did not come from an app store), " +
            "enter this address in Signal yourself:",
        Android = "Android: Settings → Data and storage → Use proxy",
        Phone = "iPhone: Settings → Data Usage → Proxy",
        Works = "When Signal says that you are connected to the proxy, you are done. Write as usual.",
        Limits = "Calls do not go through the proxy, and Signal on a computer cannot use it.",
        DeleteMessage =
            "Give the link only to people you trust, never post it in public, " +
            "and delete this message once it works.",
        DestroyPage =
            "Whoever sees this code can use the proxy, and can get it blocked. " +
            "Show it only to people you trust, then destroy this page.",
    };
}

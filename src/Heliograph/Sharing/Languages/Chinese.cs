namespace Heliograph.Sharing.Languages;

/// <summary>Simplified Chinese.</summary>
internal static class Chinese
{
    public static ShareTexts Texts { get; } = new()
    {
        Code = "zh",
        Title = "通过代理使用 Signal",
        Purpose =
            "有了这个链接，在封锁 Signal 的网络里也能使用 Signal。" +
            "消息始终是加密的，架设代理的人也看不到内容。",
        Tap = "请在装有 Signal 的手机上打开链接，然后点“使用代理”：",
        Scan =
            "请用装有 Signal 的手机自带的相机扫描这个二维码（不要用微信扫），或者打开下面的链接，" +
            "然后点“使用代理”。",
        ByHand =
            "如果打开的是网页而不是 Signal（可能因为 Signal 不是从应用商店安装的），" +
            "请在 Signal 里自己填写这个地址：",
        Android = "安卓：设置 → 数据和存储 → 使用代理",
        Phone = "iPhone：设置 → 数据使用量 → 代理",
        Works = "Signal 提示已连接代理，就大功告成了，照常聊天即可。",
        Limits = "通话不经过代理，电脑上的 Signal 也无法使用代理。",
        DeleteMessage =
            "链接只给你信任的人，切勿公开发布；" +
            "能用之后，请删除这条消息。",
        DestroyPage =
            "看到这个二维码的人都能使用这个代理，也可能害它被封。" +
            "请只给你信任的人看，用完就销毁这张纸。",
    };
}

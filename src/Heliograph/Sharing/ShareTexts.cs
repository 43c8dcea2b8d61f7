namespace Heliograph.Sharing;

/// <summary>What the message and the page say, in one language. Read aloud, it is one friend who explains the link to another.</summary>
internal sealed record ShareTexts
{
    /// <summary>ISO 639: <c>fa</c>.</summary>
    public required string Code { get; init; }

    public bool IsRightToLeft { get; init; }

    public required string Title { get; init; }

    /// <summary>What the link is for, and who cannot read along.</summary>
    public required string Purpose { get; init; }

    /// <summary>In a message, above the link.</summary>
    public required string Tap { get; init; }

    /// <summary>On the page, below the QR code.</summary>
    public required string Scan { get; init; }

    /// <summary>
    /// For a link that a browser opens: Signal did not come from a store, or signal.tube is blocked. The address and the ways to the
    /// setting follow.
    /// </summary>
    public required string ByHand { get; init; }

    /// <summary>The names of the menus as the app has them. docs/users says where each comes from.</summary>
    public required string Android { get; init; }

    public required string Phone { get; init; }

    /// <summary>How it looks when it works.</summary>
    public required string Works { get; init; }

    /// <summary>Calls, and Signal on a computer.</summary>
    public required string Limits { get; init; }

    /// <summary>The end of a message: keep the link secret, delete the message.</summary>
    public required string DeleteMessage { get; init; }

    /// <summary>The end of the page: keep the code secret, destroy the paper.</summary>
    public required string DestroyPage { get; init; }

    /// <summary>What the command itself says about links. English where there is no translation.</summary>
    public LinkTexts Link { get; init; } = LinkTexts.English;
}

namespace Heliograph.Soak.Judging;

/// <summary>What a well-behaved client depends on, and so which disturbances it may notice.</summary>
[Flags]
internal enum Lane
{
    None = 0,

    /// <summary>An upstream that never dies.</summary>
    Steady = 1,

    /// <summary>An upstream that dies and comes back.</summary>
    Dying = 2,

    /// <summary>An upstream that DNS has to find.</summary>
    Named = 4,

    /// <summary>The decoy.</summary>
    Site = 8,

    /// <summary>Connections that last, with a message now and then.</summary>
    Chat = 16,

    /// <summary>Orders of a new certificate.</summary>
    Renewal = 32,

    /// <summary>Every connection that is new.</summary>
    New = Steady | Dying | Named | Site,

    /// <summary>Every client.</summary>
    Clients = New | Chat,
}

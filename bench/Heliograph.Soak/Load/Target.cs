using System.Net;
using Heliograph.Compare.Load;
using Heliograph.Soak.Judging;

namespace Heliograph.Soak.Load;

/// <summary>A server under load.</summary>
/// <param name="Name">In the table and in the picture.</param>
/// <param name="Process">Its process.</param>
/// <param name="Address">Where it listens.</param>
/// <param name="Tls">The outer connections to it.</param>
/// <param name="Http2">The same for a browser.</param>
/// <param name="Lanes">What its clients may depend on.</param>
internal sealed record Target(string Name, int Process, IPEndPoint Address, OuterTls Tls, OuterTls Http2, Lane Lanes);

/// <summary>The labels below signal.org: one for each upstream.</summary>
internal static class Labels
{
    public const string Steady = "grpc";
    public const string Dying = "dies";
    public const string Named = "name";

    /// <summary>The upstream of the clients that never read.</summary>
    public const string Fire = "fire";

    public static string HostOf(string label) => label + Traffic.HostName[label.Length..];
}

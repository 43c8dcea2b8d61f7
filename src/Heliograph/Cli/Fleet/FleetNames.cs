using System.Net;
using Heliograph.Acme;
using Heliograph.Membership;
using Heliograph.Platform;
using static Heliograph.Status.Words;

namespace Heliograph.Cli.Fleet;

/// <summary>Moves names between machines: first in DNS, then in the fleet's list. Whatever fails can be done again.</summary>
/// <param name="access">The list, and the machines with their addresses.</param>
/// <param name="records">Changes DNS.</param>
/// <param name="domains">Those of this machine, which have certificates.</param>
/// <param name="timeProvider">The day.</param>
/// <param name="output">What was done.</param>
internal sealed class FleetNames(
    FleetAccess access, AddressRecords records, IReadOnlyList<string> domains, TimeProvider timeProvider, TextWriter output)
{
    /// <exception cref="AcmeException">DNS was not changed.</exception>
    /// <exception cref="StartException">A machine is unknown, or has no address, or nobody knows what the name has now.</exception>
    public Task AddAsync(
        string name, IReadOnlyList<string> machines, IReadOnlyList<IPAddress> addresses, CancellationToken cancellationToken) =>
        LeadAsync(name, machines, addresses, keeps: true, cancellationToken);

    /// <exception cref="AcmeException">DNS was not changed.</exception>
    /// <exception cref="StartException">A machine is unknown, or has no address.</exception>
    public Task MoveAsync(
        string name, IReadOnlyList<string> machines, IReadOnlyList<IPAddress> addresses, CancellationToken cancellationToken) =>
        LeadAsync(name, machines, addresses, keeps: false, cancellationToken);

    /// <exception cref="AcmeException">DNS was not changed.</exception>
    public async Task RetireAsync(string name, bool isBlocked, CancellationToken cancellationToken)
    {
        await access.Documents.ReadAsync(cancellationToken);
        var before = await records.FindAsync(name, cancellationToken);
        await records.SetAsync(name, [], cancellationToken);
        output.WriteLine($"{name} has no address any more, by {records.Description}.");
        TellOfBefore(before);
        var state = isBlocked ? NameState.Blocked : NameState.Retired;
        await access.NoteAsync(new FleetName(name, state, [], [], Today()), cancellationToken);
    }

    private async Task LeadAsync(
        string name,
        IReadOnlyList<string> machines,
        IReadOnlyList<IPAddress> given,
        bool keeps,
        CancellationToken cancellationToken)
    {
        if (machines.Count == 0 && given.Count == 0)
            throw new StartException("name the machines that it shall lead to, or give --address", ExitCode.BadUsage);
        var report = await access.ReportAsync(cancellationToken);
        var wanted = given.Count > 0 ? given : AddressesOf(machines, report);
        RequireKnown(machines, report);
        var known = access.Names.Find(name);
        var before = await records.FindAsync(name, cancellationToken);
        if (keeps && before is null && known is null)
            throw new StartException(
                $"nobody can say which addresses {name} has now, neither its name server nor the list; to let it lead to these and no " +
                "others: heliograph fleet names move");
        var kept = keeps ? before?.Addresses ?? Parse(known?.Addresses ?? []) : [];
        IPAddress[] all = [.. kept.Concat(wanted).Distinct().OrderBy(static address => address.AddressFamily)];
        if (all.Length > FleetName.MostPlaces)
            throw new StartException(
                $"{name} would have {all.Length} addresses; {FleetName.MostPlaces} are allowed, more names serve better");
        await records.SetAsync(name, all, cancellationToken);
        output.WriteLine($"{name} leads to {string.Join(", ", all.Select(static address => $"{address}"))}, by {records.Description}.");
        TellOfBefore(before, all);
        if (!domains.Any(domain => NamePattern.Covers(domain, name)))
            output.WriteLine(
                $"{name} is not in this machine's domains. Add it there on all machines, so that they get a certificate for it.");
        if (known?.State == NameState.Blocked)
            output.WriteLine($"{name} was retired because it was blocked, on {known.Since:yyyy-MM-dd}.");
        string[] places = [.. (keeps && known is not null ? known.Machines : []).Concat(machines).Distinct(StringComparer.Ordinal)];
        await access.NoteAsync(
            new FleetName(name, NameState.Given, places, [.. all.Select(static address => $"{address}")], Today()), cancellationToken);
    }

    /// <summary>What was before, and how long it may be remembered.</summary>
    private void TellOfBefore(NameAddresses? before, params IPAddress[] now)
    {
        if (before is null)
            output.WriteLine(
                "No name server of it could be asked: resolvers may remember what was before for as long as its records said.");
        else if (before.Addresses.Except(now).ToList() is { Count: > 0 } gone)
            output.WriteLine(
                $"Resolvers may remember {string.Join(", ", gone)} for {Duration(before.Remembered)}; keep it up for so long.");
        else if (before.Addresses.Count == 0 && before.Remembered > TimeSpan.Zero && now.Length > 0)
            output.WriteLine($"Resolvers may remember for {Duration(before.Remembered)} that it had no address.");
    }

    private static void RequireKnown(IReadOnlyList<string> machines, FleetReport report)
    {
        string[] all = [.. report.Machines.Select(static machine => machine.Name)];
        if (machines.Except(all, StringComparer.Ordinal).FirstOrDefault() is { } unknown)
            throw new StartException(
                $"no machine is called {unknown}; these are in the fleet: {string.Join(", ", all)}", ExitCode.BadUsage);
    }

    private static List<IPAddress> AddressesOf(IReadOnlyList<string> machines, FleetReport report)
    {
        RequireKnown(machines, report);
        var all = new List<IPAddress>();
        foreach (var machine in machines)
        {
            var found = report.Machines.First(one => one.Name == machine).Report
                ?? throw new StartException($"{machine} is down, and its addresses are not known; give them with --address");
            if (found.Addresses.Count == 0)
                throw new StartException($"{machine} sees no public address of its own; give those by which it is reached with --address");
            all.AddRange(Parse(found.Addresses));
        }
        return all;
    }

    private static List<IPAddress> Parse(IEnumerable<string> texts) =>
        [.. texts.Select(static text => InternetAddress.TryParse(text, out var address) ? address : null).OfType<IPAddress>()];

    private DateOnly Today() => DateOnly.FromDateTime(timeProvider.GetUtcNow().UtcDateTime);
}

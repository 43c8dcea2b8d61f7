using Heliograph.Access;
using Heliograph.Acme;
using Heliograph.Acme.Storage;
using Heliograph.Configuration;
using Heliograph.Fleet;
using Heliograph.Fleet.Documents;
using Heliograph.Fleet.Etcd;
using Heliograph.Fleet.Sealing;
using Heliograph.Hosting;
using Heliograph.Membership;
using Heliograph.Platform;
using Heliograph.Web;
using Microsoft.Extensions.Logging;

namespace Heliograph.Cli.Fleet;

/// <summary>Makes a fleet, lets machines in, and joins one. Whatever fails can be done again.</summary>
internal sealed class FleetSetup : IDisposable
{
    private readonly string stateDirectory;
    private readonly ILoggerFactory logs = Logging.Create(LogLevel.Warning);
    private readonly ILogger logger;
    private readonly MembershipFiles files;

    public FleetSetup(string stateDirectory)
    {
        this.stateDirectory = stateDirectory;
        logger = logs.CreateLogger("Heliograph");
        files = new MembershipFiles(stateDirectory, TimeProvider.System, logger);
    }

    public ILogger Logger => logger;

    public string StateDirectory => stateDirectory;

    /// <summary>Makes a fleet of this machine: etcd's users, the key, and in it what this machine has.</summary>
    /// <param name="settings">Whose certificate is to be shared.</param>
    /// <param name="etcd">Where etcd is.</param>
    /// <param name="password">Of etcd's root; null: etcd asks for none yet.</param>
    /// <param name="node">The name of this machine.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="FleetException">etcd does not answer, or refuses.</exception>
    /// <exception cref="StartException">This machine is in a fleet, or something cannot be stored.</exception>
    public async Task InitAsync(
        Settings settings, EtcdOptions etcd, string? password, string node, CancellationToken cancellationToken)
    {
        if (files.Read() is { } member)
            throw new StartException(
                $"this machine is in a fleet already, as {member.Node}; add others with: heliograph fleet invite NAME");
        using var changing = files.Lock();
        var isOpen = await IsOpenAsync(etcd, cancellationToken);
        var administrator = new FleetAdministrator
        {
            Password = password ?? files.ReadAdministrator()?.Password ?? (isOpen
                ? InvitedMachine.CreatePassword()
                : throw new StartException("this etcd has users already; give root's password with --etcd-password-file FILE")),
        };
        if (isOpen)
        {
            // Before etcd has it: a password that is lost would close etcd to everybody.
            files.Write(administrator);
            using var open = new EtcdUsers(etcd);
            await open.EnableAsync(administrator.Password, cancellationToken);
        }
        var key = FleetKey.Create();
        var own = InvitedMachine.Create(node);
        var membership = CreateMembership(etcd, new NextKey { Number = 1, KeyId = key.Id, Secret = key.Secret }, key.FleetId, own);
        using (var users = UsersOf(etcd, administrator))
        {
            await users.AddRoleAsync(key, cancellationToken);
            await users.AddMachineAsync(key, own.User, own.Password, cancellationToken);
        }
        using (var access = new FleetAccess(membership, files.CopiesOf(membership), TimeProvider.System, logger))
        {
            await access.OfferSeedAsync(
                DecoySeed.LoadOrCreate(
                    new PrivateDirectory(Path.GetFullPath(stateDirectory), TimeProvider.System, logger), TimeProvider.System),
                cancellationToken);
            await access.ExpectAsync(node, cancellationToken);
            await ShareOwnAsync(access.Documents, settings, cancellationToken);
            files.Write(administrator.With(own));
            files.Write(membership);
            // Before the groups, because whoever is stopped there has a membership that the server can read.
            files.GiveToOwner();
            try
            {
                // Last, because from here on the server on this machine changes no group that the fleet does not get.
                await SharedBook.OfferAsync(access, Groups().Read(), cancellationToken);
            }
            catch
            {
                files.ForgetMembership();
                throw;
            }
        }
        files.GiveToOwner();
    }

    /// <returns>The token for the new machine.</returns>
    /// <exception cref="FleetException">etcd does not answer, or refuses.</exception>
    /// <exception cref="StartException">This machine has not made the fleet.</exception>
    public async Task<string> InviteAsync(string node, CancellationToken cancellationToken)
    {
        var membership = files.Read() ?? throw NotInFleet();
        using var changing = files.Lock();
        var administrator = RequireAdministrator();
        if (node == membership.Node)
            throw new StartException($"{node} is this machine; give the new one another name");
        // One that is invited again is the same machine with another password.
        var invited = InvitedMachine.Create(node);
        if (administrator.Find(node) is { } known)
            invited = invited with { User = known.User, Personal = known.Personal };
        using (var users = UsersOf(membership.Etcd, administrator))
            await users.AddMachineAsync(membership.Key, invited.User, invited.Password, cancellationToken);
        files.Write(administrator.With(invited));
        files.GiveToOwner();
        using var access = new FleetAccess(membership, copies: null, TimeProvider.System, logger);
        await access.Documents.ReadAsync(cancellationToken);
        await access.ExpectAsync(node, cancellationToken);
        return FleetToken.Write(CreateMembership(membership.Etcd, membership.Current, membership.FleetId, invited));
    }

    /// <summary>
    /// Shuts a machine out: its user goes, and everything is put under a new key, which the other machines get and it does not.
    /// </summary>
    /// <param name="node">The machine.</param>
    /// <param name="compromised">It is in the wrong hands: what it knew is to be replaced.</param>
    /// <param name="patience">How long to wait for the machines that are up.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="FleetException">etcd does not answer, or refuses.</exception>
    /// <exception cref="StartException">There is no such machine, or this one has not made the fleet.</exception>
    public async Task<Removal> RemoveAsync(
        string node, bool compromised, TimeSpan patience, CancellationToken cancellationToken)
    {
        var membership = files.Read() ?? throw NotInFleet();
        using var changing = files.Lock();
        var administrator = RequireAdministrator();
        if (node == membership.Node)
            throw new StartException($"{node} is this machine, which made the fleet; to end the fleet, every machine leaves it");
        using var access = new FleetAccess(membership, copies: null, TimeProvider.System, logger);
        await access.Documents.ReadAsync(cancellationToken);
        var removed = administrator.Find(node);
        // One that the list still has was not shut out in full: the command was interrupted.
        if (removed is null && !access.Machines.Contains(node, StringComparer.Ordinal))
            throw new StartException(
                $"{node} was not invited, or is shut out already; these are in the fleet: " +
                string.Join(", ", administrator.Machines.Select(static machine => machine.Name).Order(StringComparer.Ordinal)) +
                ". If an earlier fleet remove was interrupted, heliograph fleet restore gives all of them the new key");
        if (removed is not null)
        {
            using var users = UsersOf(membership.Etcd, administrator);
            await users.RemoveMachineAsync(removed.User, cancellationToken);
        }
        var key = membership.Key.Next();
        var next = membership.Under(new NextKey { Number = membership.KeyNumber + 1, KeyId = key.Id, Secret = key.Secret });
        List<FleetMachine> all = [.. (await access.ReportAsync(cancellationToken)).Machines.Where(static one => one.IsUp)];
        List<FleetMachine> others = [.. all.Where(one => one.Name != node)];
        var up = others.Select(static one => one.Name).ToHashSet(StringComparer.Ordinal);
        IReadOnlyList<string> marked;
        using var nextAccess = new FleetAccess(next, files.CopiesOf(next), TimeProvider.System, logger);
        await using (await AllLocks.TakeAsync(access, cancellationToken))
        {
            // What the last holder of a lock has stored.
            await access.Documents.ReadAsync(cancellationToken);
            marked = await access.CopyToAsync(nextAccess, without: node, compromised, cancellationToken);
            administrator = administrator.Without(node);
            // Before anybody gets the key: if this ends halfway, there is one key that all can still get (fleet restore), and never to the
            // machine that is shut out.
            files.Write(administrator);
            files.Write(next);
            files.GiveToOwner();
            foreach (var machine in administrator.Machines.Where(machine => machine.Name != membership.Node))
                await SendKeyAsync(access, next, machine.Personal, cancellationToken);
            // The server here writes that file too, as soon as it has the key.
            await SendKeyAsync(access, next, next.Personal, cancellationToken);
        }
        await WaitForAsync(nextAccess, up, patience, cancellationToken);
        if (up.Count == 0)
            await access.Documents.ForgetAsync(cancellationToken);
        return new Removal(
            [.. up.Order(StringComparer.Ordinal)],
            marked,
            [.. others.Select(static one => one.Report?.CertificateSerial).OfType<string>()],
            Removal.FindOwn(node, all, nextAccess.Documents.All));
    }

    /// <summary>Gives an etcd that has lost its data the users of before. The machines fill it again by themselves.</summary>
    /// <returns>How many machines it knows again.</returns>
    /// <exception cref="FleetException">etcd does not answer, or refuses.</exception>
    /// <exception cref="StartException">This machine has not made the fleet.</exception>
    public async Task<int> RestoreAsync(CancellationToken cancellationToken)
    {
        var membership = files.Read() ?? throw NotInFleet();
        using var changing = files.Lock();
        var administrator = RequireAdministrator();
        if (await IsOpenAsync(membership.Etcd, cancellationToken))
        {
            using var open = new EtcdUsers(membership.Etcd with { User = null, Password = null });
            await open.EnableAsync(administrator.Password, cancellationToken);
        }
        using var users = UsersOf(membership.Etcd, administrator);
        await users.AddRoleAsync(membership.Key, cancellationToken);
        foreach (var machine in administrator.Machines)
            await users.AddMachineAsync(membership.Key, machine.User, machine.Password, cancellationToken);
        // Who was down when the key was changed has to learn of it.
        using var access = new FleetAccess(membership, copies: null, TimeProvider.System, logger);
        foreach (var machine in administrator.Machines)
            await SendKeyAsync(access, membership, machine.Personal, cancellationToken);
        return administrator.Machines.Count;
    }

    /// <summary>Joins the fleet of a token, and gets what it shares, so that the server starts with all of it.</summary>
    /// <exception cref="FleetException">etcd does not answer, or refuses: nothing has changed.</exception>
    /// <exception cref="StartException">The token is none, or this machine is in another fleet.</exception>
    public async Task<Joining> JoinAsync(string token, CancellationToken cancellationToken)
    {
        if (!FleetToken.TryRead(token, out var membership, out var problem))
            throw new StartException($"this is no token of a fleet: {problem}", ExitCode.BadUsage);
        if (files.Read() is { } member)
        {
            if (!member.FleetId.AsSpan().SequenceEqual(membership.FleetId))
                throw new StartException("this machine is in another fleet; leave that first: heliograph fleet leave");
            // It may have a later key by now than its token, whatever etcd says, and starts without etcd, too.
            if (FleetToken.Write(member.Under(membership.Current)) == FleetToken.Write(membership))
                return new Joining(member.Node) { WasDone = true };
        }
        NextKey? next;
        // It looks before anything is written here.
        using (var access = new FleetAccess(membership, copies: null, TimeProvider.System, logger))
            next = await access.FindNextKeyAsync(cancellationToken);
        // A machine was shut out after this one was invited.
        if (next is not null)
            membership = membership.Under(next);
        using var changing = files.Lock();
        using (var access = new FleetAccess(membership, files.CopiesOf(membership), TimeProvider.System, logger))
            await access.Documents.ReadAsync(cancellationToken);
        var wasThere = files.AreThere;
        files.Write(membership);
        // From here on the server on this machine makes no group that would be lost.
        var before = wasThere ? null : KeepGroups();
        files.GiveToOwner(AccessFile.BeforeFleetName);
        return new Joining(membership.Node) { GroupsBefore = before };
    }

    /// <summary>What the fleet shares, with the files of this machine that lead there, for a command that only talks to etcd.</summary>
    /// <exception cref="StartException">This machine is in no fleet.</exception>
    public FleetAccess OpenAccess() => new(files.Read() ?? throw NotInFleet(), copies: null, TimeProvider.System, logger);

    /// <summary>Makes this machine one of its own again, with the fleet's certificate, accounts and groups as its own.</summary>
    /// <param name="domains">Whose certificate it keeps.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>Whether it has a certificate.</returns>
    /// <exception cref="StartException">It is in no fleet, or that cannot be changed.</exception>
    public async Task<bool> LeaveAsync(IReadOnlyList<string> domains, CancellationToken cancellationToken)
    {
        _ = files.Read() ?? throw NotInFleet();
        using var changing = files.Lock();
        var (directory, alone) = (files.Open(CertificateManager.DirectoryName), files.Open(AloneFiles.DirectoryName));
        var hasCertificate = false;
        using (var access = files.OpenAccess() ?? throw NotInFleet())
        {
            await access.TryReadAsync(cancellationToken);
            foreach (var (file, content) in SharedStore.FindFiles(
                access.Documents, domains, new AloneFiles(alone, TimeProvider.System)))
            {
                directory.Create();
                directory.WriteBytes(file, content.ToArray());
                hasCertificate |= file == CertificateManager.CertificateDocument;
            }
            if (new SharedBook(() => access, TimeProvider.System).Find() is { } shared)
                Groups().Write(Groups().Read().Follow(shared) with { Untold = [] });
        }
        files.Leave();
        alone.Delete();
        files.GiveToOwner(CertificateManager.DirectoryName, AccessFile.Name);
        return hasCertificate;
    }

    /// <exception cref="FleetException">etcd does not answer, or refuses.</exception>
    /// <exception cref="StartException">This machine is in no fleet.</exception>
    public async Task<FleetReport> ReportAsync(CancellationToken cancellationToken)
    {
        using var access = OpenAccess();
        return await access.ReportAsync(cancellationToken);
    }

    public void Dispose() => logs.Dispose();

    private static StartException NotInFleet() => new(
        "this machine is in no fleet: make one with heliograph fleet init, or join one with heliograph fleet join");

    /// <summary>Takes out of a set the machines that report under the next key.</summary>
    private static async Task WaitForAsync(
        FleetAccess next, HashSet<string> machines, TimeSpan patience, CancellationToken cancellationToken)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            foreach (var report in await next.Reports.ListAsync(cancellationToken))
                machines.Remove(report.Node);
            if (machines.Count == 0 || TimeProvider.System.GetElapsedTime(since) > patience)
                return;
            await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, cancellationToken);
        }
    }

    /// <summary>The groups are the fleet's then. Those of this machine no longer work, and its operator may want to know them.</summary>
    /// <returns>Where they are; null: there are none.</returns>
    private string? KeepGroups()
    {
        if (Groups().Read() is not { Groups.Count: > 0 } own)
            return null;
        var before = Groups(AccessFile.BeforeFleetName);
        before.Write(own);
        return before.Path;
    }

    private AccessFile Groups(string name = AccessFile.Name) =>
        new(new PrivateDirectory(Path.GetFullPath(stateDirectory), TimeProvider.System, logger), name);

    private FleetAdministrator RequireAdministrator() => files.ReadAdministrator()
        ?? throw new StartException("only the machine that made the fleet has the password of etcd's root: run this there");

    private static EtcdUsers UsersOf(EtcdOptions etcd, FleetAdministrator administrator) =>
        new(etcd with { User = EtcdUsers.Root, Password = administrator.Password });

    /// <summary>Gives a machine the key that this one uses.</summary>
    private Task SendKeyAsync(FleetAccess access, FleetMembership own, byte[] personal, CancellationToken cancellationToken) =>
        new KeyCourier(access.Client, own with { Personal = personal }, TimeProvider.System, logger)
            .SendAsync(own.Current, cancellationToken);

    private static FleetMembership CreateMembership(EtcdOptions etcd, NextKey key, byte[] fleetId, InvitedMachine machine) => new()
    {
        Node = machine.Name,
        Endpoints = [.. etcd.Endpoints.Select(static endpoint => endpoint.GetLeftPart(UriPartial.Authority))],
        Pins = etcd.Pins,
        User = machine.User,
        Password = machine.Password,
        Personal = machine.Personal,
        FleetId = fleetId,
        KeyNumber = key.Number,
        KeyId = key.KeyId,
        Secret = key.Secret,
    };

    /// <summary>Whether etcd asks nobody for a password.</summary>
    private static async Task<bool> IsOpenAsync(EtcdOptions etcd, CancellationToken cancellationToken)
    {
        using var client = new EtcdClient(etcd with { User = null, Password = null });
        try
        {
            await client.FindAsync("probe", cancellationToken);
            return true;
        }
        catch (FleetException exception) when (exception.Failure is FleetFailure.AccessDenied)
        {
            return false;
        }
    }

    /// <summary>The certificate of this machine, and the accounts: nothing is asked of an authority because of the fleet.</summary>
    private async Task ShareOwnAsync(DocumentStore documents, Settings settings, CancellationToken cancellationToken)
    {
        var directory = files.Open(CertificateManager.DirectoryName);
        if (settings.Certificate.Source != CertificateOrigin.Acme || !directory.Exists)
            return;
        foreach (var name in Directory.EnumerateFiles(directory.Path, "*.json").Select(static path => Path.GetFileName(path)))
        {
            var document = name == CertificateManager.CertificateDocument ? SharedStore.NameOf(settings.Acme.Domains)
                : SharedStore.IsAccount(name) ? name
                : null;
            if (document is not null && directory.ReadBytes(name) is { Length: > 0 } content)
                await documents.SaveAsync(new FleetDocument(document, 1, content), null, cancellationToken);
        }
    }
}

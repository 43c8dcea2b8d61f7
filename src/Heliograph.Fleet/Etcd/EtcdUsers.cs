using System.Text;
using System.Text.Json.Serialization.Metadata;
using Heliograph.Fleet.Sealing;

namespace Heliograph.Fleet.Etcd;

/// <summary>
/// etcd's users, as its root changes them: one for each machine, so that each can be shut out, and a role for each fleet, which reaches
/// that fleet's keys alone. What is there already stays, so that each call may be repeated.
/// </summary>
public sealed class EtcdUsers : IDisposable
{
    /// <summary>The user without whom etcd does not ask for passwords.</summary>
    public const string Root = "root";

    private readonly EtcdTransport transport;

    /// <param name="options">With root's password, or without a user while etcd asks for none.</param>
    /// <exception cref="FleetException">The options cannot work.</exception>
    public EtcdUsers(EtcdOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        transport = new EtcdTransport(options.Checked());
    }

    /// <summary>Gives etcd its root, and has it ask everybody for a password from now on.</summary>
    /// <exception cref="FleetException">etcd does not answer, or asks for passwords already.</exception>
    public async Task EnableAsync(string password, CancellationToken cancellationToken)
    {
        await AddUserAsync(Root, password, Root, cancellationToken);
        await SendAsync("v3/auth/enable", new EmptyRequest(), EtcdJson.Default.EmptyRequest, cancellationToken);
    }

    /// <summary>The role that reaches the keys of a fleet.</summary>
    /// <exception cref="FleetException">etcd does not answer, or refuses.</exception>
    public async Task AddRoleAsync(FleetKey key, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(key);
        await AddRoleAsync(RoleOf(key), cancellationToken);
        var prefix = Encoding.ASCII.GetBytes(KeyNames.Prefix(key));
        var end = (byte[])prefix.Clone();
        end[^1]++;
        await SendAsync(
            "v3/auth/role/grant",
            new GrantRequest { Name = RoleOf(key), Perm = new Permission { PermType = "READWRITE", Key = prefix, RangeEnd = end } },
            EtcdJson.Default.GrantRequest,
            cancellationToken);
    }

    /// <summary>The user of a machine. One that is there gets the new password.</summary>
    /// <exception cref="FleetException">etcd does not answer, or refuses.</exception>
    public Task AddMachineAsync(FleetKey key, string user, string password, CancellationToken cancellationToken) =>
        AddUserAsync(user, password, RoleOf(key), cancellationToken);

    /// <summary>Shuts a machine out: its user is gone, and what it has got from etcd is all it will have.</summary>
    /// <remarks>A watch that it has open goes on in etcd 3.5; only the next key of the fleet makes that useless.</remarks>
    /// <exception cref="FleetException">etcd does not answer, or refuses.</exception>
    public Task RemoveMachineAsync(string user, CancellationToken cancellationToken) => TryAsync(
        "v3/auth/user/delete", new UserNameRequest { Name = user }, EtcdJson.Default.UserNameRequest, "user name not found",
        cancellationToken);

    public void Dispose() => transport.Dispose();

    private static string RoleOf(FleetKey key) => $"heliograph-{Convert.ToHexStringLower(key.FleetId)}";

    private async Task AddUserAsync(string user, string password, string role, CancellationToken cancellationToken)
    {
        var request = new UserRequest { Name = user, Password = password };
        if (!await TryAsync("v3/auth/user/add", request, EtcdJson.Default.UserRequest, "user name already exists", cancellationToken))
            await SendAsync("v3/auth/user/changepw", request, EtcdJson.Default.UserRequest, cancellationToken);
        if (role == Root)
            await AddRoleAsync(Root, cancellationToken);
        await SendAsync(
            "v3/auth/user/grant", new UserRoleRequest { User = user, Role = role }, EtcdJson.Default.UserRoleRequest, cancellationToken);
    }

    private Task<bool> AddRoleAsync(string role, CancellationToken cancellationToken) => TryAsync(
        "v3/auth/role/add", new RoleRequest { Name = role }, EtcdJson.Default.RoleRequest, "role name already exists", cancellationToken);

    /// <returns>False: there is nothing to do, says etcd.</returns>
    private async Task<bool> TryAsync<T>(
        string path, T request, JsonTypeInfo<T> type, string unless, CancellationToken cancellationToken)
    {
        try
        {
            await SendAsync(path, request, type, cancellationToken);
            return true;
        }
        catch (FleetException exception) when (exception.Message.Contains(unless, StringComparison.Ordinal))
        {
            return false;
        }
    }

    private Task<HeaderAnswer> SendAsync<T>(string path, T request, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        transport.SendAsync(path, request, type, EtcdJson.Default.HeaderAnswer, cancellationToken);
}

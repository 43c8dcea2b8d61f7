namespace Heliograph.Testing;

/// <summary>What a <see cref="StandInSignal"/> does with a connection.</summary>
public static class StandInBehaviour
{
    /// <summary>Echoes what arrives, until the end.</summary>
    public static async Task EchoAsync(StandInConnection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        await connection.Data.CopyToAsync(connection.Data, connection.Stopping);
        await connection.CloseSendingAsync();
    }

    /// <summary>Reads to the end, then answers with the SHA-256 of what arrived.</summary>
    public static async Task SinkAsync(StandInConnection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        await connection.Data.CopyToAsync(Stream.Null, connection.Stopping);
        await connection.Data.WriteAsync(connection.Data.ReceivedHash(), connection.Stopping);
        await connection.CloseSendingAsync();
    }

    /// <summary>Sends the bytes of <see cref="TestData"/> at once and closes its direction, then reads to the end.</summary>
    public static Func<StandInConnection, Task> Source(int seed, long length) => async connection =>
    {
        await TestData.WriteAsync(connection.Data, seed, length, connection.Stopping);
        await connection.CloseSendingAsync();
        await connection.Data.CopyToAsync(Stream.Null, connection.Stopping);
    };

    /// <summary>Waits for the first bytes, closes its direction, then reads to the end.</summary>
    public static async Task HalfCloseAsync(StandInConnection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        _ = await connection.Data.ReadAsync(new byte[64 * 1024], connection.Stopping);
        await connection.CloseSendingAsync();
        await connection.Data.CopyToAsync(Stream.Null, connection.Stopping);
    }

    /// <summary>Waits for the first bytes and resets the connection.</summary>
    public static async Task ResetAsync(StandInConnection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        _ = await connection.Data.ReadAsync(new byte[64 * 1024], connection.Stopping);
        connection.Reset();
    }

    /// <summary>Reads nothing and sends nothing until the test ends.</summary>
    public static async Task NeverReadAsync(StandInConnection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        await Task.Delay(Timeout.InfiniteTimeSpan, connection.Stopping);
    }

    /// <summary>Does nothing until the gate opens, then follows <paramref name="behaviour"/>.</summary>
    public static Func<StandInConnection, Task> After(Task gate, Func<StandInConnection, Task> behaviour) => async connection =>
    {
        await gate.WaitAsync(connection.Stopping);
        await behaviour(connection);
    };
}

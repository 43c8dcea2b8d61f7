namespace Heliograph.Soak.Load;

/// <summary>Connections that hostile clients leave open. The oldest is given up when there are too many.</summary>
/// <param name="most">How many that is.</param>
internal sealed class Held(int most) : IDisposable
{
    private readonly Queue<IDisposable> connections = new();
    private readonly Lock gate = new();

    public void Add(IDisposable connection)
    {
        IDisposable? oldest = null;
        lock (gate)
        {
            connections.Enqueue(connection);
            if (connections.Count > most)
                oldest = connections.Dequeue();
        }
        oldest?.Dispose();
    }

    public void Dispose()
    {
        lock (gate)
        {
            while (connections.TryDequeue(out var connection))
                connection.Dispose();
        }
    }
}

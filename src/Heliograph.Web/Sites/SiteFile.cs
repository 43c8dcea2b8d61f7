namespace Heliograph.Web.Sites;

/// <summary>An open file of a site. The receiver closes it.</summary>
internal abstract class SiteFile : IDisposable
{
    public required long Length { get; init; }

    /// <summary>In whole seconds.</summary>
    public required DateTimeOffset LastModified { get; init; }

    /// <summary>nginx's form: modification time and length in hexadecimal.</summary>
    public string EntityTag => $"\"{LastModified.ToUnixTimeSeconds():x}-{Length:x}\"";

    /// <summary>Reads from <paramref name="offset"/>, at once where that keeps nobody else waiting; 0 at the end.</summary>
    public abstract ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken);

    public virtual void Dispose()
    {
    }
}

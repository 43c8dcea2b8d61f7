using System.Buffers;

namespace Heliograph.Web.Http;

/// <summary>
/// What nginx's ngx_ssl_send_chain has between HTTP and the records of TLS: a buffer of 16 KB (ssl_buffer_size). Bytes leave it when it is
/// full, or at the end of a chain that has a flush point; otherwise they wait for the next chain. The lengths of the records follow.
/// </summary>
internal sealed class SslBuffer
{
    public const int Size = 16 * 1024;

    private readonly ArrayBufferWriter<byte> bytes = new();
    private readonly List<int> records = [];
    private int looked;
    private int flushed;
    private int cut;

    /// <summary>Adds to the chain. Everything has a flush point, except what <see cref="EndUnflushed"/> says.</summary>
    public IBufferWriter<byte> Writer => bytes;

    public int Length => bytes.WrittenCount;

    /// <summary>What was written; valid until more is, or <see cref="Release"/>.</summary>
    public ReadOnlyMemory<byte> Written => bytes.WrittenMemory;

    /// <summary>How many bytes of that have left the buffer, and can be sent.</summary>
    public int Ready => cut;

    /// <summary>What was written from <paramref name="start"/> on has no flush point.</summary>
    public void EndUnflushed(int start)
    {
        if (start > looked)
            flushed = start;
        looked = Length;
    }

    /// <summary>Ends the chain, if there is one.</summary>
    public void EndChain()
    {
        if (Length > looked)
            flushed = Length;
        looked = Length;
        while (Length - cut >= Size)
            Cut(cut + Size);
        if (flushed > cut)
            Cut(Length);
    }

    /// <summary>Sends what is ready, record by record.</summary>
    public async ValueTask SendAsync(ClientSocket client)
    {
        if (cut == 0)
            return;
        var start = 0;
        foreach (var end in records)
        {
            await client.SendAsync(bytes.WrittenMemory[start..end]);
            start = end;
        }
        Release();
    }

    /// <summary>Forgets what was ready.</summary>
    public void Release()
    {
        var rest = bytes.WrittenSpan[cut..].ToArray();
        bytes.ResetWrittenCount();
        bytes.Write(rest);
        records.Clear();
        // What has come since the last chain is still to be looked at: a cancellation behind an answer would wait for the next answer.
        (looked, flushed, cut) = (looked - cut, Math.Max(flushed - cut, 0), 0);
    }

    private void Cut(int end)
    {
        records.Add(end);
        cut = end;
    }
}

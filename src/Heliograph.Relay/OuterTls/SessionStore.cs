using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Heliograph.Relay.OuterTls;

/// <summary>What the content of a kept session is.</summary>
internal enum SessionForm : byte
{
    /// <summary>libssl's own description (i2d_SSL_SESSION).</summary>
    Der,

    /// <summary>Of TLS 1.3: the suite's number in two bytes, and the key.</summary>
    SuiteAndKey,
}

/// <summary>
/// Sessions for clients who come back, as many and for as long as nginx has them in certbot's shared cache of 10 MB: the oldest make room.
/// From any thread.
/// </summary>
/// <remarks>
/// The records lie one behind another in pieces of memory that are taken when they are needed and then used in turn. Nothing moves, so no
/// copy of a key stays behind.
/// </remarks>
internal sealed class SessionStore(TimeProvider timeProvider)
{
    /// <summary>
    /// nginx has 2,543 pages for them, and a session of TLS 1.3 takes a 32nd of a page for its number and a 16th for the rest: counted with
    /// nginx 1.22, the first of 13,528 handshakes is still known, and of 14,029 it is not. Each makes two sessions.
    /// </summary>
    public const int Most = 27_125;

    /// <summary>NGX_SSL_MAX_SESSION_SIZE: what is longer is not kept.</summary>
    public const int LongestContent = 4096;

    /// <summary>TLS has no longer numbers of sessions.</summary>
    public const int LongestId = 32;

    private const int PieceSize = 64 * 1024, PieceCount = 160;

    /// <summary>Of a record: the length of the content, that of the id, the form, and when it was kept, in seconds.</summary>
    private const int HeaderLength = 2 + 1 + 1 + 8;

    private readonly Lock gate = new();
    private readonly byte[]?[] pieces = new byte[PieceCount][];

    /// <summary>By the first bytes of the id, which are random: where the record is.</summary>
    private readonly Dictionary<ulong, long> places = [];

    /// <summary>Where the oldest record is, and where the next one goes: both only grow.</summary>
    private long oldest, next;

    /// <summary>How many sessions it has.</summary>
    public int Count
    {
        get
        {
            lock (gate)
                return places.Count;
        }
    }

    public void Add(ReadOnlySpan<byte> id, SessionForm form, ReadOnlySpan<byte> content)
    {
        if (id.Length is < sizeof(ulong) or > LongestId || content.Length > LongestContent)
            return;
        var length = HeaderLength + id.Length + content.Length;
        lock (gate)
        {
            if (LeftInPiece(next) < length)
                next += LeftInPiece(next);
            MakeRoom(length);
            var record = At(next);
            BinaryPrimitives.WriteUInt16LittleEndian(record, (ushort)content.Length);
            record[2] = (byte)id.Length;
            record[3] = (byte)form;
            BinaryPrimitives.WriteInt64LittleEndian(record[4..], Now());
            id.CopyTo(record[HeaderLength..]);
            content.CopyTo(record[(HeaderLength + id.Length)..]);
            places[KeyOf(id)] = next;
            next += length;
        }
    }

    /// <param name="id">The session's number, as a client sent it.</param>
    /// <param name="content">Room for <see cref="LongestContent"/> bytes.</param>
    /// <param name="form">What the content is.</param>
    /// <param name="keptAt">When it was kept, in seconds since 1970.</param>
    /// <returns>The length of the content; null: it is not known, or has ended.</returns>
    public int? Find(ReadOnlySpan<byte> id, Span<byte> content, out SessionForm form, out long keptAt)
    {
        (form, keptAt) = (default, 0);
        lock (gate)
        {
            if (Find(id) is not { } place)
                return null;
            var record = At(place);
            keptAt = BinaryPrimitives.ReadInt64LittleEndian(record[4..]);
            if (HasEnded(record))
                return null;
            form = (SessionForm)record[3];
            var found = ContentOf(record);
            found.CopyTo(content);
            return found.Length;
        }
    }

    public void Remove(ReadOnlySpan<byte> id)
    {
        lock (gate)
        {
            if (Find(id) is not { } place)
                return;
            places.Remove(KeyOf(id));
            CryptographicOperations.ZeroMemory(ContentOf(At(place)));
        }
    }

    /// <summary>Forgets all, so that no key stays in memory.</summary>
    public void Clear()
    {
        lock (gate)
        {
            places.Clear();
            oldest = next;
            foreach (var piece in pieces)
                CryptographicOperations.ZeroMemory(piece);
        }
    }

    private long Now() => timeProvider.GetUtcNow().ToUnixTimeSeconds();

    private long? Find(ReadOnlySpan<byte> id) =>
        id.Length >= sizeof(ulong) && places.TryGetValue(KeyOf(id), out var place) && IdOf(At(place)).SequenceEqual(id) ? place : null;

    /// <summary>Forgets the oldest sessions: those that have ended, and as many as the next one needs.</summary>
    private void MakeRoom(int length)
    {
        while (oldest < next)
        {
            // A piece ends where no header fits, or where the next record did not fit: the length of the id is 0 there.
            var record = LeftInPiece(oldest) < HeaderLength ? [] : At(oldest);
            if (record.IsEmpty || record[2] == 0)
                oldest += LeftInPiece(oldest);
            else if (places.Count >= Most || next + length - oldest > (PieceCount - 1) * PieceSize || HasEnded(record))
                DropOldest(record);
            else
                return;
        }
    }

    private bool HasEnded(ReadOnlySpan<byte> record) =>
        Now() >= BinaryPrimitives.ReadInt64LittleEndian(record[4..]) + NginxShape.SessionSeconds;

    private void DropOldest(Span<byte> record)
    {
        var key = KeyOf(IdOf(record));
        if (places.TryGetValue(key, out var place) && place == oldest)
            places.Remove(key);
        var length = HeaderLength + record[2] + ContentOf(record).Length;
        CryptographicOperations.ZeroMemory(record[..length]);
        oldest += length;
    }

    /// <summary>From here to the end of the piece.</summary>
    private Span<byte> At(long place)
    {
        // Pinned: the collector does not copy it.
        var piece = pieces[place / PieceSize % PieceCount] ??= GC.AllocateArray<byte>(PieceSize, pinned: true);
        return piece.AsSpan((int)(place % PieceSize));
    }

    private static int LeftInPiece(long place) => PieceSize - (int)(place % PieceSize);

    private static ulong KeyOf(ReadOnlySpan<byte> id) => BinaryPrimitives.ReadUInt64LittleEndian(id);

    private static Span<byte> IdOf(Span<byte> record) => record.Slice(HeaderLength, record[2]);

    private static Span<byte> ContentOf(Span<byte> record) =>
        record.Slice(HeaderLength + record[2], BinaryPrimitives.ReadUInt16LittleEndian(record));
}

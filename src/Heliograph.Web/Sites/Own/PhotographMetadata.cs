using System.Buffers.Binary;

namespace Heliograph.Web.Sites.Own;

/// <summary>
/// Takes out of a photograph what a camera writes beside the picture: where and when it was taken, with which device, by whom. The
/// picture's own bytes stay as they are. A pure function of the file; null if it is not what its name says, or is cut short.
/// </summary>
internal static class PhotographMetadata
{
    private static ReadOnlySpan<byte> PngSignature => [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>
    /// JPEG (ITU-T T.81, annex B): of the application segments, only the colours' (JFIF, ICC, Adobe) and the orientation stay.
    /// </summary>
    public static byte[]? CleanJpeg(ReadOnlySpan<byte> file)
    {
        const byte start = 0xD8, end = 0xD9, scan = 0xDA, comment = 0xFE, firstApplication = 0xE0, lastApplication = 0xEF;
        if (file.Length < 4 || file[0] != 0xFF || file[1] != start)
            return null;
        using var clean = new MemoryStream(file.Length);
        clean.Write(file[..2]);
        var at = 2;
        while (at + 1 < file.Length)
        {
            if (file[at] != 0xFF)
                return null;
            var marker = file[at + 1];
            if (marker == 0xFF)
            {
                at++;
                continue;
            }
            if (marker == end)
            {
                // What follows is another picture, or a film: telephones append them, with places and times of their own.
                clean.Write(file.Slice(at, 2));
                return clean.ToArray();
            }
            if (at + 4 > file.Length)
                return null;
            var length = BinaryPrimitives.ReadUInt16BigEndian(file[(at + 2)..]) + 2;
            if (length < 4 || at + length > file.Length)
                return null;
            var segment = file.Slice(at, length);
            if (marker is >= firstApplication and <= lastApplication)
            {
                var body = segment[4..];
                if (marker == firstApplication && body.StartsWith("JFIF\0"u8))
                    clean.Write(segment);
                else if (marker == firstApplication + 1 && body.StartsWith("Exif\0\0"u8))
                    WriteOrientation(clean, Orientation(body[6..]));
                else if ((marker == firstApplication + 2 && body.StartsWith("ICC_PROFILE\0"u8))
                    || (marker == firstApplication + 14 && body.StartsWith("Adobe"u8)))
                    clean.Write(segment);
            }
            else if (marker != comment)
            {
                clean.Write(segment);
            }
            at += length;
            if (marker != scan)
                continue;
            // The scan's bytes go on to the next marker that is neither a stuffed zero nor a restart.
            var from = at;
            while (at + 1 < file.Length && (file[at] != 0xFF || file[at + 1] is 0 or (>= 0xD0 and <= 0xD7)))
                at++;
            clean.Write(file[from..at]);
        }
        return null;
    }

    /// <summary>PNG (ISO/IEC 15948): without Exif, texts and the time of the last change.</summary>
    public static byte[]? CleanPng(ReadOnlySpan<byte> file)
    {
        if (!file.StartsWith(PngSignature))
            return null;
        using var clean = new MemoryStream(file.Length);
        clean.Write(PngSignature);
        var at = PngSignature.Length;
        while (at + 12 <= file.Length)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(file[at..]);
            if (length > file.Length - at - 12)
                return null;
            var chunk = file.Slice(at, (int)length + 12);
            var type = chunk.Slice(4, 4);
            if (!type.SequenceEqual("eXIf"u8) && !type.SequenceEqual("tEXt"u8)
                && !type.SequenceEqual("zTXt"u8) && !type.SequenceEqual("iTXt"u8)
                && !type.SequenceEqual("tIME"u8))
                clean.Write(chunk);
            if (type.SequenceEqual("IEND"u8))
                return clean.ToArray();
            at += chunk.Length;
        }
        return null;
    }

    /// <summary>WebP (RFC 9649): without the chunks EXIF and XMP, and without the bits that announce them.</summary>
    public static byte[]? CleanWebp(ReadOnlySpan<byte> file)
    {
        const byte announcesMetadata = 0x08 | 0x04;
        if (file.Length < 12 || !file.StartsWith("RIFF"u8) || !file[8..].StartsWith("WEBP"u8))
            return null;
        var end = (long)BinaryPrimitives.ReadUInt32LittleEndian(file[4..]) + 8;
        if (end > file.Length)
            return null;
        using var clean = new MemoryStream(file.Length);
        clean.Write(file[..12]);
        for (var at = 12; at + 8 <= end;)
        {
            var length = BinaryPrimitives.ReadUInt32LittleEndian(file[(at + 4)..]);
            var padded = 8 + length + (length & 1);
            if (padded > end - at)
                return null;
            var chunk = file.Slice(at, (int)padded);
            at += chunk.Length;
            if (chunk.StartsWith("EXIF"u8) || chunk.StartsWith("XMP "u8))
                continue;
            var from = (int)clean.Length;
            clean.Write(chunk);
            if (chunk.StartsWith("VP8X"u8) && chunk.Length > 8)
                clean.GetBuffer()[from + 8] &= unchecked((byte)~announcesMetadata);
        }
        var bytes = clean.ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), bytes.Length - 8);
        return bytes;
    }

    /// <summary>Exif's tag 0x0112 in the first directory; 1 (upright) if there is none.</summary>
    private static ushort Orientation(ReadOnlySpan<byte> tiff)
    {
        const ushort tag = 0x0112;
        if (tiff.Length < 8)
            return 1;
        var isLittle = tiff.StartsWith("II"u8);
        ushort Short(ReadOnlySpan<byte> at) =>
            isLittle ? BinaryPrimitives.ReadUInt16LittleEndian(at) : BinaryPrimitives.ReadUInt16BigEndian(at);
        var directory = isLittle ? BinaryPrimitives.ReadUInt32LittleEndian(tiff[4..]) : BinaryPrimitives.ReadUInt32BigEndian(tiff[4..]);
        if (directory > tiff.Length - 2)
            return 1;
        var entries = tiff[(int)directory..];
        var count = Short(entries);
        for (var i = 0; i < count && 2 + ((i + 1) * 12) <= entries.Length; i++)
        {
            var entry = entries.Slice(2 + (i * 12), 12);
            if (Short(entry) == tag)
                return Short(entry[8..]) is >= 1 and <= 8 and var value ? value : (ushort)1;
        }
        return 1;
    }

    /// <summary>A picture that lies on its side stays so for the browser to turn: nothing else is in this segment.</summary>
    private static void WriteOrientation(Stream to, ushort orientation)
    {
        if (orientation == 1)
            return;
        ReadOnlySpan<byte> head =
        [
            0xFF, 0xE1, 0, 34, .. "Exif\0\0MM"u8, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12,
            0, 3, 0, 0, 0, 1, 0, (byte)orientation, 0, 0, 0, 0, 0, 0,
        ];
        to.Write(head);
    }
}

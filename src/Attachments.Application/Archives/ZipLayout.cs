using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Attachments.Application.Content.Downloads;

namespace Attachments.Application.Archives;

/// <summary>
/// Where each byte of a zip archive comes from, known before the first of them is read: entries are stored and not compressed, so lengths
/// and checksums are all there is to it (PKWARE APPNOTE 6.3.10; the time of an entry is also in Info-ZIP's field 0x5455). Local headers
/// have sizes and checksum, as an archive whose entries have a data descriptor instead cannot be read from a pipe.
/// </summary>
public sealed class ZipLayout
{
    private const string Format = "zip 1";
    private const int LocalBytes = 30;
    private const int CentralBytes = 46;
    private const int EndBytes = 22;
    private const int Zip64EndBytes = 56 + 20;
    private const int TimeFieldBytes = 9;
    private const ushort Stored = 10;
    private const ushort Zip64 = 45;
    private const ushort Unix = 3 << 8;
    private const ushort Utf8Names = 1 << 11;
    private const uint RegularFile = 0x81A4u << 16; // Mode 0100644.

    private static readonly DateTimeOffset MinDosTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset MaxDosTime = new(2107, 12, 31, 23, 59, 58, TimeSpan.Zero);

    private readonly IReadOnlyList<ArchiveEntry> entries;

    // Where the local header of each entry begins, then where the central directory does; and the same of the directory's records.
    private readonly long[] locals;
    private readonly long[] centrals;

    /// <param name="entries">In the order of the archive. Their paths are unique.</param>
    public ZipLayout(IReadOnlyList<ArchiveEntry> entries)
    {
        this.entries = entries;
        locals = new long[entries.Count + 1];
        for (var i = 0; i < entries.Count; i++)
        {
            locals[i + 1] = locals[i] + GetLocalLength(entries[i]) + entries[i].Length;
        }

        centrals = new long[entries.Count + 1];
        centrals[0] = locals[^1];
        for (var i = 0; i < entries.Count; i++)
        {
            centrals[i + 1] = centrals[i] + GetCentralLength(i);
        }

        Length = centrals[^1] + (NeedsZip64End ? Zip64EndBytes : 0) + EndBytes;
        Sha256 = ComputeSha256();
    }

    /// <summary>Of the archive, in bytes.</summary>
    public long Length { get; }

    /// <summary>
    /// Of everything that the bytes of the archive follow from, so archives of the same digest are the same byte for byte. 32 bytes.
    /// </summary>
    public byte[] Sha256 { get; }

    /// <summary>The number of files.</summary>
    public int Count => entries.Count;

    /// <summary>The blobs that the archive is made of.</summary>
    public IReadOnlyCollection<Guid> BlobIds => [.. entries.Select(entry => entry.BlobId).OfType<Guid>()];

    /// <summary>When the newest file was stored; null: there is none.</summary>
    public DateTimeOffset? LatestStoredAt => entries.Count == 0 ? null : entries.Max(entry => entry.StoredAt);

    private bool NeedsZip64End =>
        entries.Count >= ushort.MaxValue || centrals[0] >= uint.MaxValue || centrals[^1] - centrals[0] >= uint.MaxValue;

    /// <summary>The bytes of a part of the archive, in order.</summary>
    /// <param name="first">Offset of its first byte.</param>
    /// <param name="count">Its length, in bytes.</param>
    public IEnumerable<ContentSlice> GetSlices(long first, long count)
    {
        var (position, end) = (first, first + count);
        while (position < end)
        {
            var slice = GetSlice(position, end - position);
            yield return slice;
            position += slice.Length;
        }
    }

    private ContentSlice GetSlice(long position, long maximum)
    {
        if (position >= centrals[^1])
        {
            return Cut(FormatEnd(), position - centrals[^1], maximum);
        }

        if (position >= centrals[0])
        {
            var record = Find(centrals, position);
            return Cut(FormatCentral(record), position - centrals[record], maximum);
        }

        var index = Find(locals, position);
        var (entry, offset) = (entries[index], position - locals[index]);
        var header = GetLocalLength(entry);
        if (offset < header)
        {
            return Cut(FormatLocal(entry), offset, maximum);
        }

        offset -= header;
        return entry.BlobId is { } blobId
            ? new BlobSlice(blobId, offset, Math.Min(maximum, entry.Length - offset))
            : Cut(entry.Text, offset, maximum);
    }

    /// <summary>The index of the last start that is not after a position. Starts are strictly ascending.</summary>
    private static int Find(long[] starts, long position)
    {
        var found = Array.BinarySearch(starts, position);
        return found >= 0 ? found : ~found - 1;
    }

    private static BytesSlice Cut(ReadOnlyMemory<byte> bytes, long offset, long maximum)
    {
        var rest = bytes[(int)offset..];
        return new BytesSlice(rest.Length > maximum ? rest[..(int)maximum] : rest);
    }

    private static int GetLocalLength(ArchiveEntry entry) =>
        LocalBytes + Encoding.UTF8.GetByteCount(entry.Path) + TimeFieldBytes + (IsLong(entry.Length) ? 20 : 0);

    private int GetCentralLength(int index) =>
        CentralBytes + Encoding.UTF8.GetByteCount(entries[index].Path) + TimeFieldBytes + GetCentralZip64Length(index);

    private int GetCentralZip64Length(int index)
    {
        var values = (IsLong(entries[index].Length) ? 16 : 0) + (IsLong(locals[index]) ? 8 : 0);
        return values == 0 ? 0 : 4 + values;
    }

    /// <summary>This value itself means that the number is in a field of Zip64.</summary>
    private static bool IsLong(long number) => number >= uint.MaxValue;

    private static uint Clamp(long number) => IsLong(number) ? uint.MaxValue : (uint)number;

    private static byte[] FormatLocal(ArchiveEntry entry)
    {
        var isLong = IsLong(entry.Length);
        var record = new Record(GetLocalLength(entry));
        record.Write32(0x04034B50);
        record.Write16(isLong ? Zip64 : Stored);
        WriteCommon(record, entry);
        record.Write16((ushort)(TimeFieldBytes + (isLong ? 20 : 0)));
        record.WriteText(entry.Path);
        WriteTime(record, entry);
        if (isLong)
        {
            record.Write16(1);
            record.Write16(16);
            record.Write64(entry.Length);
            record.Write64(entry.Length);
        }

        return record.Bytes;
    }

    private byte[] FormatCentral(int index)
    {
        var (entry, offset, zip64) = (entries[index], locals[index], GetCentralZip64Length(index));
        var record = new Record(GetCentralLength(index));
        record.Write32(0x02014B50);
        record.Write16(Unix | Zip64);
        record.Write16(zip64 > 0 ? Zip64 : Stored);
        WriteCommon(record, entry);
        record.Write16((ushort)(TimeFieldBytes + zip64));
        record.Write16(0); // comment
        record.Write16(0); // disk
        record.Write16(0); // internal attributes
        record.Write32(RegularFile);
        record.Write32(Clamp(offset));
        record.WriteText(entry.Path);
        WriteTime(record, entry);
        if (zip64 > 0)
        {
            record.Write16(1);
            record.Write16((ushort)(zip64 - 4));
            if (IsLong(entry.Length))
            {
                record.Write64(entry.Length);
                record.Write64(entry.Length);
            }

            if (IsLong(offset))
            {
                record.Write64(offset);
            }
        }

        return record.Bytes;
    }

    /// <summary>From the flags to the length of the name: the same in both headers.</summary>
    private static void WriteCommon(Record record, ArchiveEntry entry)
    {
        var time = Clamp(entry.StoredAt.ToUniversalTime(), MinDosTime, MaxDosTime);
        record.Write16(Utf8Names);
        record.Write16(0); // stored
        record.Write16((ushort)((time.Hour << 11) | (time.Minute << 5) | (time.Second / 2)));
        record.Write16((ushort)(((time.Year - 1980) << 9) | (time.Month << 5) | time.Day));
        record.Write32(entry.Crc32);
        record.Write32(Clamp(entry.Length));
        record.Write32(Clamp(entry.Length));
        record.Write16((ushort)Encoding.UTF8.GetByteCount(entry.Path));
    }

    /// <summary>The modification time in seconds since 1970, in 32 bits with a sign.</summary>
    private static void WriteTime(Record record, ArchiveEntry entry)
    {
        record.Write16(0x5455);
        record.Write16(5);
        record.Write8(1);
        record.Write32((uint)(int)Math.Clamp(entry.StoredAt.ToUnixTimeSeconds(), int.MinValue, int.MaxValue));
    }

    private byte[] FormatEnd()
    {
        var (offset, size) = (centrals[0], centrals[^1] - centrals[0]);
        var record = new Record((NeedsZip64End ? Zip64EndBytes : 0) + EndBytes);
        if (NeedsZip64End)
        {
            record.Write32(0x06064B50);
            record.Write64(44);
            record.Write16(Unix | Zip64);
            record.Write16(Zip64);
            record.Write32(0);
            record.Write32(0);
            record.Write64(entries.Count);
            record.Write64(entries.Count);
            record.Write64(size);
            record.Write64(offset);
            record.Write32(0x07064B50);
            record.Write32(0);
            record.Write64(centrals[^1]);
            record.Write32(1);
        }

        var count = (ushort)Math.Min(entries.Count, ushort.MaxValue);
        record.Write32(0x06054B50);
        record.Write16(0);
        record.Write16(0);
        record.Write16(count);
        record.Write16(count);
        record.Write32(Clamp(size));
        record.Write32(Clamp(offset));
        record.Write16(0); // comment
        return record.Bytes;
    }

    private byte[] ComputeSha256()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(Format));
        Span<byte> numbers = stackalloc byte[24];
        foreach (var entry in entries)
        {
            var path = Encoding.UTF8.GetBytes(entry.Path);
            BinaryPrimitives.WriteInt32LittleEndian(numbers, path.Length);
            BinaryPrimitives.WriteUInt32LittleEndian(numbers[4..], entry.Crc32);
            BinaryPrimitives.WriteInt64LittleEndian(numbers[8..], entry.Length);
            BinaryPrimitives.WriteInt64LittleEndian(numbers[16..], entry.StoredAt.ToUnixTimeSeconds());
            hash.AppendData(numbers);
            hash.AppendData(path);
            hash.AppendData(entry.Sha256);
        }

        return hash.GetHashAndReset();
    }

    private static DateTimeOffset Clamp(DateTimeOffset time, DateTimeOffset minimum, DateTimeOffset maximum) =>
        time < minimum ? minimum : time > maximum ? maximum : time;

    /// <summary>Numbers in zip archives have the least significant byte first.</summary>
    private sealed class Record(int length)
    {
        private int position;

        public byte[] Bytes { get; } = new byte[length];

        public void Write8(byte number) => Bytes[position++] = number;

        public void Write16(ushort number)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(Bytes.AsSpan(position), number);
            position += 2;
        }

        public void Write32(uint number)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(Bytes.AsSpan(position), number);
            position += 4;
        }

        public void Write64(long number)
        {
            BinaryPrimitives.WriteInt64LittleEndian(Bytes.AsSpan(position), number);
            position += 8;
        }

        public void WriteText(string text) => position += Encoding.UTF8.GetBytes(text, Bytes.AsSpan(position));
    }
}

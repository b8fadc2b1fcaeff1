using System.IO.Compression;
using System.Security.Cryptography;
using Attachments.Application.Archives;
using Attachments.Application.Content.Downloads;
using FsCheck;
using FsCheck.Fluent;
using Crc32 = System.IO.Hashing.Crc32;

namespace Attachments.UnitTests.Archives;

/// <summary>Layouts are read by .NET's own reader of archives, which knows nothing of how they were made.</summary>
public sealed class ZipLayoutTests
{
    private static readonly DateTimeOffset Time = new(2026, 11, 28, 1, 2, 4, TimeSpan.Zero);

    [FsCheck.NUnit.Property(MaxTest = 200)]
    public Property An_archive_holds_its_files() => Prop.ForAll(Archives().ToArbitrary(), files =>
    {
        var (layout, contents) = Build(files);
        using var zip = new ZipArchive(new LayoutStream(layout, contents));
        zip.Entries.Select(entry => entry.FullName).ShouldBe(files.Select((_, i) => GetName(i)));
        zip.Entries.Select(Read).ShouldBe(files);
        zip.Entries.ShouldAllBe(entry => entry.LastWriteTime.DateTime == Time.DateTime);
    });

    [FsCheck.NUnit.Property(MaxTest = 200)]
    public Property Any_range_is_that_slice_of_the_whole() => Prop.ForAll(
        Archives().ToArbitrary(), ArbMap.Default.ArbFor<(PositiveInt, PositiveInt)>(), (files, range) =>
        {
            var (layout, contents) = Build(files);
            var whole = Read(layout, contents, 0, layout.Length);
            whole.Length.ShouldBe((int)layout.Length);
            var first = range.Item1.Get % whole.Length;
            var count = 1 + (range.Item2.Get % (whole.Length - first));
            Read(layout, contents, first, count).ShouldBe(whole[first..(first + count)]);
        });

    [Test]
    public void Nothing_makes_an_empty_archive()
    {
        var layout = new ZipLayout([]);
        layout.Length.ShouldBe(22);
        layout.LatestStoredAt.ShouldBeNull();
        using var zip = new ZipArchive(new LayoutStream(layout, []));
        zip.Entries.ShouldBeEmpty();
    }

    [TestCase(65_534, false)]
    [TestCase(65_535, true)]
    [TestCase(70_000, true)]
    public void Many_entries_need_Zip64(int count, bool isZip64)
    {
        var entries = Enumerable.Range(0, count).Select(i => ArchiveEntry.CreateText($"{i}", $"{i}", Time)).ToList();
        var layout = new ZipLayout(entries);
        using var zip = new ZipArchive(new LayoutStream(layout, []));
        zip.Entries.Count.ShouldBe(count);
        Read(zip.Entries[^1]).ShouldBe(System.Text.Encoding.ASCII.GetBytes($"{count - 1}"));
        Contains(Tail(layout), [0x50, 0x4B, 0x06, 0x06]).ShouldBe(isZip64);
    }

    [TestCase(0xFFFF_FFFEL)]
    [TestCase(0xFFFF_FFFFL)]
    [TestCase(0x1_0000_0000L)]
    [TestCase(5L << 30)]
    public void Long_files_and_what_lies_behind_them_need_Zip64(long length)
    {
        var entries = new[]
        {
            new ArchiveEntry("first", length, 1, new byte[32], Time) { BlobId = Guid.NewGuid() },
            ArchiveEntry.CreateText("second", "behind", Time),
            new ArchiveEntry("third", length, 1, new byte[32], Time) { BlobId = Guid.NewGuid() },
        };
        var layout = new ZipLayout(entries);
        using var zip = new ZipArchive(new LayoutStream(layout, []));
        zip.Entries.Select(entry => entry.Length).ShouldBe([length, 6, length]);
        zip.Entries.Select(entry => entry.CompressedLength).ShouldBe([length, 6, length]);
        Read(zip.Entries[1]).ShouldBe("behind"u8.ToArray());
    }

    [Test]
    public void Small_archives_have_no_field_of_Zip64_and_no_data_descriptor()
    {
        var (layout, contents) = Build([[1, 2, 3]]);
        var bytes = Read(layout, contents, 0, layout.Length);
        bytes[4].ShouldBe((byte)10, "version needed");
        BitConverter.ToUInt16(bytes, 6).ShouldBe((ushort)0x0800, "UTF-8, and nothing else");
        BitConverter.ToUInt32(bytes, 14).ShouldBe(Crc32.HashToUInt32([1, 2, 3]));
        Contains(bytes, [0x50, 0x4B, 0x07, 0x08]).ShouldBeFalse();
        var central = bytes.AsSpan().IndexOf("PK\u0001\u0002"u8);
        bytes[central + 5].ShouldBe((byte)3, "made by Unix");
        BitConverter.ToUInt32(bytes, central + 38).ShouldBe(0x81A4_0000u, "mode 0100644");
    }

    [TestCase(1979, 1980)]
    [TestCase(2026, 2026)]
    [TestCase(2200, 2107)]
    public void Times_that_a_field_cannot_hold_are_the_nearest_that_it_can(int stored, int expected)
    {
        var layout = new ZipLayout([ArchiveEntry.CreateText("x", "x", new DateTimeOffset(stored, 6, 1, 0, 0, 0, TimeSpan.Zero))]);
        using var zip = new ZipArchive(new LayoutStream(layout, []));
        zip.Entries[0].LastWriteTime.Year.ShouldBe(expected);
    }

    [Test]
    public void The_digest_follows_all_that_the_bytes_do()
    {
        var entry = new ArchiveEntry("a", 1, 2, new byte[32], Time) { BlobId = Guid.NewGuid() };
        var other = new byte[32];
        other[31] = 1;
        ArchiveEntry[] all =
        [
            entry, entry with { Path = "b" }, entry with { Length = 2 }, entry with { Crc32 = 3 }, entry with { Sha256 = other },
            entry with { StoredAt = Time.AddSeconds(1) },
        ];
        all.Select(one => Convert.ToHexString(new ZipLayout([one]).Sha256)).ShouldBeUnique();
        new ZipLayout([entry with { BlobId = Guid.NewGuid() }]).Sha256.ShouldBe(new ZipLayout([entry]).Sha256);
    }

    private static Gen<byte[][]> Archives() =>
        Gen.Choose(0, 3000).Select(RandomNumberGenerator.GetBytes).ArrayOf().Where(files => files.Length < 40);

    private static string GetName(int index) => $"folder/Größe {index}.bin";

    private static (ZipLayout Layout, Dictionary<Guid, byte[]> Contents) Build(byte[][] files)
    {
        var contents = files.ToDictionary(_ => Guid.NewGuid());
        var entries = contents.Select((file, i) =>
            new ArchiveEntry(GetName(i), file.Value.Length, Crc32.HashToUInt32(file.Value), SHA256.HashData(file.Value), Time)
            {
                BlobId = file.Key,
            });
        return (new ZipLayout([.. entries]), contents);
    }

    private static byte[] Read(ZipArchiveEntry entry)
    {
        using var content = entry.Open();
        using var copy = new MemoryStream();
        content.CopyTo(copy);
        return copy.ToArray();
    }

    private static byte[] Read(ZipLayout layout, Dictionary<Guid, byte[]> contents, long first, long count)
    {
        using var stream = new LayoutStream(layout, contents) { Position = first };
        var bytes = new byte[count];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static byte[] Tail(ZipLayout layout) => Read(layout, [], layout.Length - 98, 98);

    private static bool Contains(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> part) => bytes.IndexOf(part) >= 0;

    /// <summary>An archive to be read anywhere. Blobs that are not given are zeros.</summary>
    private sealed class LayoutStream(ZipLayout layout, Dictionary<Guid, byte[]> contents) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length => layout.Length;

        public override long Position { get; set; }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var wanted = (int)Math.Min(count, Length - Position);
            foreach (var slice in layout.GetSlices(Position, wanted))
            {
                var target = buffer.AsSpan(offset, (int)slice.Length);
                if (slice is BytesSlice { Bytes: var bytes })
                {
                    bytes.Span.CopyTo(target);
                }
                else if (slice is BlobSlice blob && contents.TryGetValue(blob.BlobId, out var content))
                {
                    content.AsSpan((int)blob.Offset, (int)blob.Count).CopyTo(target);
                }
                else
                {
                    target.Clear();
                }

                offset += (int)slice.Length;
            }

            Position += Math.Max(0, wanted);
            return Math.Max(0, wanted);
        }

        public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
        {
            SeekOrigin.Begin => offset,
            SeekOrigin.Current => Position + offset,
            _ => Length + offset,
        };

        public override void Flush()
        {
        }

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}

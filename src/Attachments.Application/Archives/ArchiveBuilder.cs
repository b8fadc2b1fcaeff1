using System.Text;
using Attachments.Application.Content.Blobs;
using Attachments.Application.Errors;
using Attachments.Application.Persistence;
using Attachments.Domain.Content;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Attachments.Application.Archives;

/// <summary>Makes archives of what the queries of the families find.</summary>
public sealed class ArchiveBuilder(IAttachmentsDb db, ContentCheck check, IOptions<ArchivesOptions> options)
{
    private const string NotIncluded = "NOT-INCLUDED.txt";

    /// <summary>The largest number of unavailable files that an error names.</summary>
    private const int MaxNamed = 100;

    /// <summary>The largest number of bytes that one request reads for checksums.</summary>
    private const long MaxBytesToCheck = 1L << 30;

    /// <summary>Requests that need checksums take turns, as many of them would read the same files side by side.</summary>
    private static readonly SemaphoreSlim Turn = new(1);

    /// <summary>The archive of files that one statement finds, and so of one moment.</summary>
    /// <param name="found">Untracked. Of files with equal names, the first keeps its name.</param>
    /// <param name="name">What the archive is of.</param>
    /// <param name="choice">What the request says.</param>
    /// <param name="cancellationToken">The client went away.</param>
    /// <exception cref="ConflictException">
    /// <c>archive_too_large</c>: there are more files than an archive may have; <c>archive_incomplete</c>: the bytes of some are missing.
    /// </exception>
    /// <exception cref="UnavailableException"><c>archive_not_ready</c>: too many files have no checksum yet.</exception>
    public async Task<Archive> Build(
        IQueryable<ArchivedFile> found, string name, ArchiveChoice choice, CancellationToken cancellationToken) =>
        await Build(await found.Take(options.Value.MaxEntries + 1).ToListAsync(cancellationToken), name, choice, cancellationToken);

    /// <inheritdoc cref="Build(IQueryable{ArchivedFile}, string, ArchiveChoice, CancellationToken)"/>
    public async Task<Archive> Build(
        List<ArchivedFile> files, string name, ArchiveChoice choice, CancellationToken cancellationToken)
    {
        var maximum = options.Value.MaxEntries;
        if (files.Count > maximum)
        {
            throw new ConflictException(
                "archive_too_large", $"There are more than {maximum} files, which is the most that an archive may have.");
        }

        var checksums = await FindChecksums(files, choice, cancellationToken);
        var ordered = files.OrderBy(file => file.Path, Comparer<string>.Create(ArchiveNames.CompareByCodePoint)).ToList();
        var (included, missing) = Divide(ordered, checksums);
        if (missing.Count > 0 && !choice.SkipUnavailable)
        {
            throw Incomplete(missing);
        }

        return new Archive($"{ArchiveNames.Clean(name)}.zip", new ZipLayout(CreateEntries(included, missing, checksums)));
    }

    private static (List<ArchivedFile> Included, List<ArchivedFile> Missing) Divide(
        List<ArchivedFile> files, Dictionary<Guid, uint> checksums)
    {
        var byAvailability = files.ToLookup(file => IsAvailable(file) && checksums.ContainsKey(file.Blob!.Id));
        return ([.. byAvailability[true]], [.. byAvailability[false]]);
    }

    private static bool IsAvailable(ArchivedFile file) => file.Blob is { MissingSince: null };

    private static List<ArchiveEntry> CreateEntries(
        List<ArchivedFile> included, List<ArchivedFile> missing, Dictionary<Guid, uint> checksums)
    {
        var names = new ArchiveNames();
        var entries = new List<ArchiveEntry>(included.Count + 1);
        if (missing.Count > 0)
        {
            entries.Add(CreateNotice(names.Add("", NotIncluded), missing));
        }

        foreach (var file in included)
        {
            var blob = file.Blob!;
            var path = names.Add(file.Folder, file.Name);
            entries.Add(new ArchiveEntry(path, blob.Length, checksums[blob.Id], blob.Sha256!, blob.StoredAt!.Value) { BlobId = blob.Id });
        }

        return entries;
    }

    private static ArchiveEntry CreateNotice(string path, List<ArchivedFile> missing)
    {
        var text = new StringBuilder("These files are not in this archive, because their content is not available:\r\n\r\n");
        foreach (var file in missing)
        {
            text.Append(string.Concat(file.Path.Select(character => char.IsControl(character) ? '_' : character))).Append("\r\n");
        }

        // By what is stored, so that every replica writes the same archive.
        var since = missing.Max(file => file.Blob?.MissingSince) ?? DateTimeOffset.UnixEpoch;
        return ArchiveEntry.CreateText(path, text.ToString(), since);
    }

    private static ConflictException Incomplete(List<ArchivedFile> missing)
    {
        var named = string.Join(", ", missing.Take(MaxNamed).Select(file => $"'{file.Path}'"));
        var rest = missing.Count > MaxNamed ? $" and {missing.Count - MaxNamed} more" : "";
        return new ConflictException(
            "archive_incomplete", $"The content of {named}{rest} is not available. Send unavailable=skip for an archive without it.");
    }

    /// <summary>The CRC-32 by blob. Files that have none, because their bytes are not available, are left out.</summary>
    private async Task<Dictionary<Guid, uint>> FindChecksums(
        List<ArchivedFile> files, ArchiveChoice choice, CancellationToken cancellationToken)
    {
        var available = files.Where(IsAvailable).Select(file => file.Blob!).ToList();
        var checksums = available.Where(blob => blob.Crc32 is not null).ToDictionary(blob => blob.Id, blob => blob.Crc32!.Value);
        var unknown = available.Where(blob => blob.Crc32 is null).ToList();
        if (unknown.Count == 0)
        {
            return checksums;
        }

        if (!choice.MayReadContent || unknown.Sum(blob => blob.Length) > MaxBytesToCheck)
        {
            throw new UnavailableException(
                "archive_not_ready", "Files from before archives existed are being read for their checksums; try again later.");
        }

        await Compute(unknown, checksums, cancellationToken);
        return checksums;
    }

    private async Task Compute(List<Blob> unknown, Dictionary<Guid, uint> checksums, CancellationToken cancellationToken)
    {
        await Turn.WaitAsync(cancellationToken);
        try
        {
            var buffer = ContentCheck.CreateBuffer();
            foreach (var blob in unknown)
            {
                var known = await db.Blobs.Where(row => row.Id == blob.Id).Select(row => row.Crc32).SingleOrDefaultAsync(cancellationToken);
                if ((known ?? (await check.Check(blob, buffer, cancellationToken)).Crc32) is { } crc32)
                {
                    checksums.Add(blob.Id, crc32);
                }
            }
        }
        finally
        {
            Turn.Release();
        }
    }
}

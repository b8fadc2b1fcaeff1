using Attachments.Application.Access;
using Attachments.Application.Errors;
using Attachments.Application.Records;
using Attachments.Domain.Records;
using AutoMapper.QueryableExtensions;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.TemporarySets.Claims;

/// <summary>A record, at its root or in one of its folders, where each file has its own name. None replaces a file that is there.</summary>
/// <param name="Key">The record.</param>
/// <param name="Folder">Null: the root.</param>
public sealed record RecordTarget(RecordKey Key, string? Folder) : ClaimTarget
{
    public override void RequireAccess(Caller caller) => caller.RequireWriteRecords();

    public override async Task<Claimed> Take(ClaimedSet claimed, CancellationToken cancellationToken)
    {
        await claimed.Db.Records.Require(Key, cancellationToken);
        var byName = Arrange(await claimed.LoadItems(cancellationToken));
        var folder = byName.Values.Select(place => place.Place.Folder).FirstOrDefault(FilePlace.Root);
        var record = await claimed.Db.Records.Of(Key).WithFilesAt(folder, byName.Keys).SingleOrDefaultAsync(cancellationToken)
            ?? throw RecordQueries.NotFound(Key);
        foreach (var (place, item) in byName.Values)
        {
            if (record.BlobAt(place) is not null)
            {
                throw new ConflictException("file_exists", $"The record already has a file '{place}'.");
            }

            item.Blob.MoveTo(claimed.Now);
            record.Add(place, item.Blob);
        }

        await claimed.Db.SaveChangesAsync(cancellationToken);
        return new ClaimedByRecord(Key, await Read(claimed, record.Id, folder, byName.Keys, cancellationToken));
    }

    private Dictionary<string, (FilePlace Place, ClaimedItem Item)> Arrange(List<ClaimedItem> items)
    {
        var byName = new Dictionary<string, (FilePlace Place, ClaimedItem Item)>(StringComparer.Ordinal);
        foreach (var item in items)
        {
            var place = FilePlace.Of(Folder, item.FileName);
            if (!byName.TryAdd(place.Name, (place, item)))
            {
                throw new ConflictException(
                    "claim_name_ambiguous",
                    $"The attachments '{byName[place.Name].Item.Id}' and '{item.Id}' are both called '{place.Name}'.");
            }
        }

        return byName;
    }

    private static async Task<IReadOnlyList<RecordFileDto>> Read(
        ClaimedSet claimed, Guid recordId, string folder, IReadOnlyCollection<string> names, CancellationToken cancellationToken) =>
        await claimed.Db.Records
            .Where(record => record.Id == recordId)
            .SelectMany(record => record.Files)
            .Where(file => file.Folder == folder && names.Contains(file.Name))
            .OrderBy(file => file.Name)
            .ProjectTo<RecordFileDto>(claimed.Mappings)
            .ToListAsync(cancellationToken);
}

/// <summary>The record's files that were made.</summary>
/// <param name="Key">The record.</param>
/// <param name="Files">By name.</param>
public sealed record ClaimedByRecord(RecordKey Key, IReadOnlyList<RecordFileDto> Files) : Claimed;

using Attachments.Application.Access;
using Attachments.Application.Errors;
using Attachments.Application.Persistence;
using Attachments.Application.Records;
using Attachments.Domain.Records;
using AutoMapper;
using AutoMapper.QueryableExtensions;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.TemporarySets.Claims;

/// <summary>Claims by a record.</summary>
internal sealed class RecordClaims(IAttachmentsDb db, Caller caller, IConfigurationProvider mappings) : IClaimDestination<RecordTarget>
{
    public void RequireAccess(RecordTarget target) => caller.RequireWriteRecords();

    public async Task<Claimed> Attach(RecordTarget target, ClaimedSet claimed, CancellationToken cancellationToken)
    {
        await db.Records.RequireExists(target.Key, cancellationToken);
        var byName = Arrange(target.Folder, claimed.Items);
        var folder = byName.Values.Select(place => place.Place.Folder).FirstOrDefault(FilePlace.Root);
        var record = await db.Records.WhereKey(target.Key).IncludeFiles(folder, byName.Keys).SingleOrDefaultAsync(cancellationToken)
            ?? throw RecordQueries.NotFound(target.Key);
        foreach (var (place, item) in byName.Values)
        {
            if (record.BlobAt(place) is not null)
            {
                throw new ConflictException("file_exists", $"The record already has a file '{place}'.");
            }

            item.Blob.MarkMoved(claimed.Now);
            record.Add(place, item.Blob);
        }

        await db.SaveChangesAsync(cancellationToken);
        return new ClaimedByRecord(target.Key, await Read(record.Id, folder, byName.Keys, cancellationToken));
    }

    private static Dictionary<string, (FilePlace Place, ClaimedItem Item)> Arrange(string? folder, IReadOnlyList<ClaimedItem> items)
    {
        var byName = new Dictionary<string, (FilePlace Place, ClaimedItem Item)>(StringComparer.Ordinal);
        foreach (var item in items)
        {
            var place = FilePlace.Create(folder, item.FileName);
            if (!byName.TryAdd(place.Name, (place, item)))
            {
                throw new ConflictException(
                    "claim_name_ambiguous",
                    $"The attachments '{byName[place.Name].Item.Id}' and '{item.Id}' are both called '{place.Name}'.");
            }
        }

        return byName;
    }

    private async Task<IReadOnlyList<RecordFileDto>> Read(
        Guid recordId, string folder, IReadOnlyCollection<string> names, CancellationToken cancellationToken) =>
        await db.Records
            .Where(record => record.Id == recordId)
            .SelectMany(record => record.Files)
            .Where(file => file.Folder == folder && names.Contains(file.Name))
            .OrderBy(file => file.Name)
            .ProjectTo<RecordFileDto>(mappings)
            .ToListAsync(cancellationToken);
}

using Attachments.Application.Access;
using Attachments.Application.Errors;
using Attachments.Application.Sessions;
using Attachments.Application.Text;
using Attachments.Domain.Content;
using Attachments.Domain.Sessions;
using AutoMapper.QueryableExtensions;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.TemporarySets.Claims;

/// <summary>The points of a session, each of which takes one file, whatever it held before.</summary>
/// <param name="ProjectId">The session's project.</param>
/// <param name="Uuid">The session's uuid.</param>
/// <param name="Points">The points of some files, by the files' ids; any other file has the point of its name.</param>
public sealed record SessionTarget(long ProjectId, string Uuid, IReadOnlyDictionary<Guid, string> Points) : ClaimTarget
{
    public override void RequireAccess(Caller caller) => caller.RequireProject(ProjectId);

    public override async Task<Claimed> Take(ClaimedSet claimed, CancellationToken cancellationToken)
    {
        await claimed.Db.Sessions.Require(ProjectId, Uuid, cancellationToken);
        var byPoint = Arrange(await claimed.LoadItems(cancellationToken));
        var session = await claimed.Db.LoadToReplace(ProjectId, Uuid, byPoint.Keys, cancellationToken);
        foreach (var (point, item) in byPoint)
        {
            item.Blob.MoveTo(claimed.Now);
            session.Set(point, new FileValue(FileName.Stored(item.FileName), item.Blob));
        }

        session.Update(unitId: null, created: null, claimed.Now.ToUnixTimeSeconds());
        await claimed.Sessions.Save(session, cancellationToken);
        return new ClaimedBySession(ProjectId, Uuid, await Read(claimed, byPoint.Keys, cancellationToken));
    }

    private Dictionary<string, ClaimedItem> Arrange(List<ClaimedItem> items)
    {
        if (Points.Keys.Except(items.Select(item => item.Id)).ToList() is [var unknown, ..])
        {
            throw new InvalidRequestException("claim_item_unknown", $"The set has no attachment '{unknown}' to assign a point to.");
        }

        var byPoint = new Dictionary<string, ClaimedItem>(StringComparer.Ordinal);
        foreach (var item in items)
        {
            var point = Points.GetValueOrDefault(item.Id) ?? item.Name;
            if (!byPoint.TryAdd(point, item))
            {
                throw new InvalidRequestException(
                    "claim_point_ambiguous",
                    $"The attachments '{byPoint[point].Id}' and '{item.Id}' are both assigned to the point {Quoted.Of(point)}.");
            }
        }

        return byPoint;
    }

    private async Task<IReadOnlyList<SessionAttachmentDto>> Read(
        ClaimedSet claimed, IReadOnlyCollection<string> points, CancellationToken cancellationToken) =>
        await claimed.Db.Sessions
            .OfProject(ProjectId, Uuid)
            .SelectMany(session => session.Points)
            .Where(point => points.Contains(point.Name))
            .OrderBy(point => point.Name)
            .ProjectTo<SessionAttachmentDto>(claimed.Mappings)
            .ToListAsync(cancellationToken);
}

/// <summary>The points that hold the files now.</summary>
/// <param name="ProjectId">The session's project.</param>
/// <param name="Uuid">The session's uuid.</param>
/// <param name="Attachments">By point.</param>
public sealed record ClaimedBySession(long ProjectId, string Uuid, IReadOnlyList<SessionAttachmentDto> Attachments) : Claimed;

using Attachments.Application.Access;
using Attachments.Application.Errors;
using Attachments.Application.Persistence;
using Attachments.Application.Sessions;
using Attachments.Application.Text;
using Attachments.Domain.Content;
using Attachments.Domain.Sessions;
using AutoMapper;
using AutoMapper.QueryableExtensions;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.TemporarySets.Claims;

/// <summary>Claims by the points of a session.</summary>
internal sealed class SessionClaims(IAttachmentsDb db, SessionSaver saving, Caller caller, IConfigurationProvider mappings)
    : IClaimDestination<SessionTarget>
{
    public void RequireAccess(SessionTarget target) => caller.RequireProject(target.ProjectId);

    public async Task<Claimed> Attach(SessionTarget target, ClaimedSet claimed, CancellationToken cancellationToken)
    {
        var (projectId, uuid) = (target.ProjectId, target.Uuid);
        await db.Sessions.RequireExists(projectId, uuid, cancellationToken);
        var byPoint = Arrange(target.Points, claimed.Items);
        var session = await db.LoadToReplace(projectId, uuid, byPoint.Keys, cancellationToken);
        foreach (var (point, item) in byPoint)
        {
            item.Blob.MarkMoved(claimed.Now);
            session.Set(point, new FileValue(FileName.FromStored(item.FileName), item.Blob));
        }

        session.Save(claimed.Now.ToUnixTimeSeconds());
        await saving.Save(session, cancellationToken);
        return new ClaimedBySession(projectId, uuid, await Read(target, byPoint.Keys, cancellationToken));
    }

    private static Dictionary<string, ClaimedItem> Arrange(
        IReadOnlyDictionary<Guid, string> points, IReadOnlyList<ClaimedItem> items)
    {
        if (points.Keys.Except(items.Select(item => item.Id)).ToList() is [var unknown, ..])
        {
            throw new InvalidRequestException("claim_item_unknown", $"The set has no attachment '{unknown}' to assign a point to.");
        }

        var byPoint = new Dictionary<string, ClaimedItem>(StringComparer.Ordinal);
        foreach (var item in items)
        {
            var point = points.GetValueOrDefault(item.Id) ?? item.Name;
            if (!byPoint.TryAdd(point, item))
            {
                throw new InvalidRequestException(
                    "claim_point_ambiguous",
                    $"The attachments '{byPoint[point].Id}' and '{item.Id}' are both assigned to the point {Quoted.Format(point)}.");
            }
        }

        return byPoint;
    }

    private async Task<IReadOnlyList<SessionAttachmentDto>> Read(
        SessionTarget target, IReadOnlyCollection<string> points, CancellationToken cancellationToken) =>
        await db.Sessions
            .WhereKey(target.ProjectId, target.Uuid)
            .SelectMany(session => session.Points)
            .Where(point => points.Contains(point.Name))
            .OrderBy(point => point.Name)
            .ProjectTo<SessionAttachmentDto>(mappings)
            .ToListAsync(cancellationToken);
}

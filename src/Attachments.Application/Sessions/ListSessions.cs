using Attachments.Application.Paging;
using Attachments.Application.Persistence;
using AutoMapper;
using AutoMapper.QueryableExtensions;
using FluentValidation;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.Sessions;

/// <summary>A project's sessions without their points, newest first.</summary>
/// <param name="ProjectId">The project.</param>
/// <param name="Limit">1 to 200.</param>
/// <param name="After">The cursor of the page before; null for the first.</param>
public sealed record ListSessions(long ProjectId, int Limit, string? After) : IRequest<Page<SessionSummaryDto>>
{
    public const int MaxLimit = 200;
    public const int DefaultLimit = 50;
}

public sealed class ListSessionsValidator : AbstractValidator<ListSessions>
{
    public ListSessionsValidator()
    {
        RuleFor(request => request.Limit).InclusiveBetween(1, ListSessions.MaxLimit).OverridePropertyName("limit");
        RuleFor(request => request.After)
            .Must(after => string.IsNullOrEmpty(after) || SessionCursor.Parse(after) is not null)
            .WithMessage("is not a cursor from a list of sessions")
            .OverridePropertyName("after");
    }
}

public sealed class ListSessionsHandler(IAttachmentsDb db, IConfigurationProvider mappings)
    : IRequestHandler<ListSessions, Page<SessionSummaryDto>>
{
    public async Task<Page<SessionSummaryDto>> Handle(ListSessions request, CancellationToken cancellationToken)
    {
        var sessions = db.Sessions.AsNoTracking().Where(session => session.ProjectId == request.ProjectId);
        if (SessionCursor.Parse(request.After) is { } after)
        {
            // The first condition is implied by the second; it is what lets the index be entered at the right place.
#pragma warning disable CA1309 // In SQL it is the column's collation that compares, and that is C: ordinal.
            sessions = sessions.Where(session => session.Created <= after.Created
                && (session.Created < after.Created || string.Compare(session.Uuid, after.Uuid) < 0));
#pragma warning restore CA1309
        }

        var found = await sessions
            .OrderByDescending(session => session.Created)
            .ThenByDescending(session => session.Uuid)
            .Take(request.Limit + 1)
            .ProjectTo<SessionSummaryDto>(mappings)
            .ToListAsync(cancellationToken);
        if (found.Count <= request.Limit)
        {
            return new Page<SessionSummaryDto>(found, null);
        }

        found.RemoveAt(request.Limit);
        return new Page<SessionSummaryDto>(found, new SessionCursor(found[^1].Created, found[^1].Uuid).ToString());
    }
}

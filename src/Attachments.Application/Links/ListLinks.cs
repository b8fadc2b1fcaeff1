using Attachments.Application.Access;
using Attachments.Application.Errors;
using Attachments.Application.Paging;
using Attachments.Application.Persistence;
using Attachments.Application.Text;
using AutoMapper;
using AutoMapper.QueryableExtensions;
using FluentValidation;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.Links;

/// <summary>The revocable links of a user, newest first.</summary>
/// <param name="Limit">1 to 200.</param>
/// <param name="After">The cursor of the page before; null for the first.</param>
/// <param name="By">The user, for administrators; null: the caller.</param>
public sealed record ListLinks(int Limit, string? After, string? By) : IRequest<Page<LinkDto>>
{
    public const int MaxLimit = 200;
    public const int DefaultLimit = 50;
}

public sealed class ListLinksValidator : AbstractValidator<ListLinks>
{
    public ListLinksValidator()
    {
        RuleFor(request => request.Limit).InclusiveBetween(1, ListLinks.MaxLimit).OverridePropertyName("limit");
        RuleFor(request => request.After)
            .Must(after => string.IsNullOrEmpty(after) || LinkCursor.Parse(after) is not null)
            .WithMessage("is not a cursor from a list of links")
            .OverridePropertyName("after");
        RuleFor(request => request.By)
            .Must(by => by is null || UuidText.Parse(by) is not null)
            .WithMessage("must be a UUID")
            .OverridePropertyName("by");
    }
}

public sealed class ListLinksHandler(IAttachmentsDb db, Caller caller, IConfigurationProvider mappings)
    : IRequestHandler<ListLinks, Page<LinkDto>>
{
    /// <exception cref="ForbiddenException"><c>admins_only</c>: only administrators see the links of others.</exception>
    public async Task<Page<LinkDto>> Handle(ListLinks request, CancellationToken cancellationToken)
    {
        var maker = UuidText.Parse(request.By) ?? caller.UserId;
        if (maker != caller.UserId)
        {
            caller.RequireAdmin();
        }

        var links = db.Links.AsNoTracking().Where(link => link.MadeBy == maker);
        if (LinkCursor.Parse(request.After) is { } after)
        {
            links = links.Where(link => link.Id < after);
        }

        var found = await links
            .OrderByDescending(link => link.Id)
            .Take(request.Limit + 1)
            .ProjectTo<LinkDto>(mappings)
            .ToListAsync(cancellationToken);
        if (found.Count <= request.Limit)
        {
            return new Page<LinkDto>(found, null);
        }

        found.RemoveAt(request.Limit);
        return new Page<LinkDto>(found, LinkCursor.Format(found[^1].Id));
    }
}

/// <summary>A place in the list of links.</summary>
internal static class LinkCursor
{
    public static string Format(Guid id) => CursorText.Encode($"{id:D}");

    public static Guid? Parse(string? text) => UuidText.Parse(CursorText.Decode(text));
}

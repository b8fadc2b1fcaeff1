using System.Globalization;
using Attachments.Application.Paging;
using FluentValidation;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.Uploads;

/// <summary>The caller's open uploads, newest first. None of them is taken over.</summary>
/// <param name="Limit">1 to 200.</param>
/// <param name="After">The cursor of the page before; null for the first.</param>
public sealed record ListUploads(int Limit, string? After) : IRequest<Page<UploadDto>>
{
    public const int MaxLimit = 200;
    public const int DefaultLimit = 50;
}

public sealed class ListUploadsValidator : AbstractValidator<ListUploads>
{
    public ListUploadsValidator()
    {
        RuleFor(request => request.Limit).InclusiveBetween(1, ListUploads.MaxLimit).OverridePropertyName("limit");
        RuleFor(request => request.After)
            .Must(after => string.IsNullOrEmpty(after) || UploadCursor.Parse(after) is not null)
            .WithMessage("is not a cursor from a list of uploads")
            .OverridePropertyName("after");
    }
}

internal sealed class ListUploadsHandler(UploadAccess access) : IRequestHandler<ListUploads, Page<UploadDto>>
{
    public async Task<Page<UploadDto>> Handle(ListUploads request, CancellationToken cancellationToken)
    {
        var uploads = access.Open;
        if (UploadCursor.Parse(request.After) is { } after)
        {
            uploads = uploads.Where(upload => upload.CreatedAt < after.CreatedAt
                || (upload.CreatedAt == after.CreatedAt && upload.Id.CompareTo(after.Id) < 0));
        }

        var found = await uploads
            .Include(upload => upload.Blob)
            .OrderByDescending(upload => upload.CreatedAt)
            .ThenByDescending(upload => upload.Id)
            .Take(request.Limit + 1)
            .ToListAsync(cancellationToken);
        var page = found.Take(request.Limit).Select(upload => access.Describe(upload)).ToList();
        return new Page<UploadDto>(page, found.Count > request.Limit ? UploadCursor.Format(page[^1]) : null);
    }
}

/// <summary>A place in the list of uploads.</summary>
internal sealed record UploadCursor(DateTimeOffset CreatedAt, Guid Id)
{
    public static string Format(UploadDto last) =>
        CursorText.Encode(string.Create(CultureInfo.InvariantCulture, $"{last.CreatedAt.UtcTicks}/{last.Id:D}"));

    public static UploadCursor? Parse(string? text) =>
        CursorText.Decode(text)?.Split('/') is [var ticks, var id]
        && long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var time)
        && time <= DateTimeOffset.MaxValue.Ticks
        && Guid.TryParseExact(id, "D", out var uploadId)
            ? new UploadCursor(new DateTimeOffset(time, TimeSpan.Zero), uploadId)
            : null;
}

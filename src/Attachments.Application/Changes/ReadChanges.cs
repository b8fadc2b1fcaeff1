using System.Linq.Expressions;
using Attachments.Application.Access;
using Attachments.Application.Errors;
using Attachments.Application.Persistence;
using Attachments.Domain.Changes;
using Attachments.Domain.Records;
using FluentValidation;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Attachments.Application.Changes;

/// <summary>The changes after a cursor that the caller may see, in the order of the feed.</summary>
/// <param name="After">The cursor; <see cref="Latest"/>: none but those to come; null: the oldest kept.</param>
/// <param name="Limit">1 to <see cref="MaxLimit"/>.</param>
/// <param name="Filter">Which of them.</param>
public sealed record ReadChanges(string? After, int Limit, ChangeFilter Filter) : IRequest<ChangePage>
{
    public const string Latest = "latest";
    public const int MaxLimit = 1000;
    public const int DefaultLimit = 100;

    /// <summary>How long the answer may be held until there is a change in it.</summary>
    public TimeSpan Wait { get; init; }

    /// <summary>Ends the wait early, with what there is.</summary>
    public CancellationToken Ending { get; init; }
}

/// <summary>Which changes are read.</summary>
/// <param name="Types">Names of types; empty: all.</param>
/// <param name="ProjectId">Only what happened in this project; null: all.</param>
/// <param name="FormType">Only what happened to records of this form type; null: all.</param>
public sealed record ChangeFilter(IReadOnlyList<string> Types, long? ProjectId, string? FormType);

/// <summary>Some changes.</summary>
/// <param name="Changes">In the order of the feed, each with the cursor of the place after it.</param>
/// <param name="Next">The cursor to go on from, whether or not there are changes.</param>
/// <param name="More">There may be more now.</param>
public sealed record ChangePage(IReadOnlyList<PlacedChange> Changes, string Next, bool More);

/// <summary>A change and its place.</summary>
/// <param name="Change">The change.</param>
/// <param name="Cursor">Of the place after it.</param>
public sealed record PlacedChange(Change Change, string Cursor);

public sealed class ReadChangesValidator : AbstractValidator<ReadChanges>
{
    private const int MaxWaitSeconds = 60;

    public ReadChangesValidator()
    {
        RuleFor(request => request.Limit).InclusiveBetween(1, ReadChanges.MaxLimit).OverridePropertyName("limit");
        RuleFor(request => request.Wait)
            .InclusiveBetween(TimeSpan.Zero, TimeSpan.FromSeconds(MaxWaitSeconds))
            .WithMessage($"must be from 0 to {MaxWaitSeconds}")
            .OverridePropertyName("wait");
        RuleFor(request => request.Filter.Types)
            .Must(types => !types.Except(ChangeTypes.All).Any())
            .WithMessage($"must be of {string.Join(", ", ChangeTypes.All)}, separated by commas")
            .OverridePropertyName("type");
    }
}

public sealed class ReadChangesHandler(
    IAttachmentsDb db, Caller caller, FeedSignal signal, IOptions<ChangesOptions> options, TimeProvider time)
    : IRequestHandler<ReadChanges, ChangePage>
{
    /// <summary>The most positions that one query looks at, so that a page costs no more, however few of them the caller may see.</summary>
    private const int MaxLookedAt = 10_000;

    /// <summary>The most of those who wait that read at once, so that a change which wakes many leaves connections to others.</summary>
    private static readonly SemaphoreSlim Readers = new(4);

    /// <exception cref="NotFoundException"><c>changes_off</c></exception>
    /// <exception cref="InvalidRequestException"><c>cursor_invalid</c></exception>
    /// <exception cref="GoneException"><c>cursor_expired</c></exception>
    public async Task<ChangePage> Handle(ReadChanges request, CancellationToken cancellationToken)
    {
        RequireOn(options.Value);
        var after = request.After is null or "" or ReadChanges.Latest
            ? null
            : ChangeCursor.Parse(request.After);
        if (request.Wait <= TimeSpan.Zero)
        {
            return (await Read(request, after, cancellationToken)).Page;
        }

        using var over = new CancellationTokenSource(request.Wait, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(over.Token, request.Ending, cancellationToken);
        var (page, next) = await ReadInTurn(request, after, cancellationToken);
        while (page.Changes.Count == 0 && await HasMore(next, end.Token))
        {
            (page, next) = await ReadInTurn(request, next, cancellationToken);
        }

        cancellationToken.ThrowIfCancellationRequested();
        return page;
    }

    /// <exception cref="NotFoundException"><c>changes_off</c></exception>
    public static void RequireOn(ChangesOptions options)
    {
        if (!options.Enabled)
        {
            throw ChangeErrors.Off();
        }
    }

    /// <summary>Waits for a change after the cursor. False: the time is over.</summary>
    private async Task<bool> HasMore(ChangeCursor after, CancellationToken end)
    {
        if (end.IsCancellationRequested)
        {
            return false;
        }

        try
        {
            await signal.WaitAfter(after.Position, end);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task<(ChangePage Page, ChangeCursor Next)> ReadInTurn(
        ReadChanges request, ChangeCursor? after, CancellationToken cancellationToken)
    {
        await Readers.WaitAsync(cancellationToken);
        try
        {
            return await Read(request, after, cancellationToken);
        }
        finally
        {
            Readers.Release();
        }
    }

    /// <summary>One statement, and so one state: what the feed says of itself is true of the changes found.</summary>
    private async Task<(ChangePage Page, ChangeCursor Next)> Read(
        ReadChanges request, ChangeCursor? after, CancellationToken cancellationToken)
    {
        var isLatest = after is null && request.After == ReadChanges.Latest;
        var position = after?.Position;
        var visible = Filter(Visible(db.Changes.AsNoTracking()), request.Filter);
        var found = await db.Feeds
            .AsNoTracking()
            .Select(feed => new { Feed = feed, First = isLatest ? feed.LastPosition : position ?? feed.ExpiredPosition })
            .Select(it => new
            {
                it.Feed,
                it.First,
                Changes = visible
                    .Where(change => change.Position > it.First && change.Position <= it.First + MaxLookedAt)
                    .OrderBy(change => change.Position)
                    .Take(request.Limit + 1)
                    .ToList(),
            })
            .SingleAsync(cancellationToken);
        after?.RequireIn(found.Feed);
        return ToPage(found.Feed, found.First, found.Changes, request.Limit);
    }

    private static (ChangePage Page, ChangeCursor Next) ToPage(Feed feed, long first, List<Change> found, int limit)
    {
        var isCut = found.Count > limit;
        var changes = isCut ? found[..limit] : found;
        var next = new ChangeCursor(feed.Id, isCut ? changes[^1].Position!.Value : Math.Min(first + MaxLookedAt, feed.LastPosition));
        var placed = changes.ConvertAll(change =>
            new PlacedChange(change, new ChangeCursor(feed.Id, change.Position!.Value).Format()));
        return (new ChangePage(placed, next.Format(), next.Position < feed.LastPosition), next);
    }

    private static IQueryable<Change> Filter(IQueryable<Change> changes, ChangeFilter filter)
    {
        var (types, projectId, formType) = filter;
        changes = types.Count == 0 ? changes : changes.Where(change => types.Contains(change.Type));
        changes = projectId is null ? changes : changes.Where(change => change.ProjectId == projectId);
        if (formType is null)
        {
            return changes;
        }

        var known = RecordKey.RequireFormType(formType);
        return changes.Where(change => change.FormType == known);
    }

    /// <summary>By what each change says itself: whom it concerned when it happened.</summary>
    private IQueryable<Change> Visible(IQueryable<Change> changes)
    {
        if (caller.IsAdmin)
        {
            return changes;
        }

        var (user, allProjects, records) = (caller.UserId, caller.AllProjects, caller.MayReadRecords);
        long[] projects = [.. caller.Projects];
        long[] organisations = [.. caller.Organisations];
        Expression<Func<Change, bool>> isVisible = change =>
            (change.ProjectId != null && (allProjects || projects.Contains(change.ProjectId.Value)))
            || (records && change.FormType != null)
            || change.Owners!.Contains(user)
            || change.Organisations!.Any(organisation => organisations.Contains(organisation));
        return changes.Where(isVisible);
    }
}

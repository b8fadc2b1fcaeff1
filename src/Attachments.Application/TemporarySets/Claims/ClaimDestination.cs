using Attachments.Application.Errors;
using Attachments.Domain.Content;
using Attachments.Domain.TemporarySets;

namespace Attachments.Application.TemporarySets.Claims;

/// <summary>Moves the files of a set to one kind of <see cref="ClaimTarget"/>. Their bytes stay where they are.</summary>
/// <typeparam name="TTarget">The kind of target.</typeparam>
public interface IClaimDestination<in TTarget>
    where TTarget : ClaimTarget
{
    /// <summary>Refuses a caller whose token does not allow the claim.</summary>
    /// <exception cref="ForbiddenException">The caller may not add to the target.</exception>
    void RequireAccess(TTarget target);

    /// <summary>
    /// Attaches the files in the open change, which removes the set and its items at its end. May run again on fresh state, so it loads
    /// everything that it decides on.
    /// </summary>
    /// <exception cref="RequestException">Not all files can be attached: none is.</exception>
    Task<Claimed> Attach(TTarget target, ClaimedSet claimed, CancellationToken cancellationToken);
}

/// <summary>A set whose files are claimed.</summary>
/// <param name="Set">The set.</param>
/// <param name="Items">Its files, in upload order.</param>
/// <param name="Now">The time of the claim.</param>
public sealed record ClaimedSet(TemporarySet Set, IReadOnlyList<ClaimedItem> Items, DateTimeOffset Now);

/// <summary>A file of the set.</summary>
/// <param name="Id">Its id in the set.</param>
/// <param name="Name">The name that the client gave it.</param>
/// <param name="FileName">The value of a <see cref="Domain.Content.FileName"/>.</param>
/// <param name="Blob">Stored, and tracked, so that an aggregate can refer to it.</param>
public sealed record ClaimedItem(Guid Id, string Name, string FileName, Blob Blob);

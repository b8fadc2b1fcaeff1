using Attachments.Application.Access;
using Attachments.Application.Errors;

namespace Attachments.Application.TemporarySets.Claims;

/// <summary>What the files of a set are to belong to. Each kind says who may, takes the files, and tells what it made of them.</summary>
public abstract record ClaimTarget
{
    /// <summary>Refuses those who may not add to it, as far as their token says so.</summary>
    /// <exception cref="ForbiddenException">The caller may not.</exception>
    public abstract void RequireAccess(Caller caller);

    /// <summary>
    /// Takes every file of the set over, within the open change. The set and its items go with the end of the change; their blobs are
    /// to be referred to by the new owner then. It may run again on fresh state, so it loads all that it decides on.
    /// </summary>
    /// <exception cref="RequestException">The files cannot all be taken: none is.</exception>
    public abstract Task<Claimed> Take(ClaimedSet claimed, CancellationToken cancellationToken);
}

/// <summary>What was made of a set's files, of which each kind of target has its own.</summary>
public abstract record Claimed;

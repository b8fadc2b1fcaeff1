using Attachments.Application.Errors;

namespace Attachments.Application.Links;

/// <summary>The requests that links can be made for.</summary>
public interface ILinkTargets
{
    /// <summary>Asks whether the caller may make a request now. Changes nothing.</summary>
    /// <param name="method">GET, PUT or POST.</param>
    /// <param name="target">Path and query, as they are sent.</param>
    /// <param name="cancellationToken">The client went away.</param>
    /// <exception cref="UnavailableException">It cannot be found out now.</exception>
    Task<TargetCheck> Check(string method, string target, CancellationToken cancellationToken);
}

/// <param name="Refusal">Null: the request may be made.</param>
public sealed record TargetCheck(RefusedLink? Refusal)
{
    /// <summary>Of the content that it would download, in lower-case hex: of an archive what its entity tag is.</summary>
    public string? Sha256 { get; init; }

    /// <summary>See <see cref="Access.GrantedRequest.Ids"/>.</summary>
    public string? Ids { get; init; }
}

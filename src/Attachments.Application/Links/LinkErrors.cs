using Attachments.Application.Errors;

namespace Attachments.Application.Links;

/// <summary>Why a link is refused.</summary>
public static class LinkErrors
{
    /// <summary>One answer for everything that is not genuine, so that it says nothing to whoever tries.</summary>
    public static ForbiddenException Invalid() => new("link_invalid", "The link is not valid for this request.");

    public static GoneException Expired() => new("link_expired", "The link has expired.");

    public static GoneException Revoked() => new("link_revoked", "The link was revoked.");

    public static GoneException Used() => new("link_used", "The link has been used as often as it allows.");

    public static GoneException Replaced() => new("content_replaced", "The content that the link was made for has been replaced.");

    public static NotFoundException Off() => new("links_off", "The service has no key for signed links.");

    public static NotFoundException NotFound(Guid id) => new("link_not_found", $"The caller has no link '{id}'.");
}

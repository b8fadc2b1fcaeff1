namespace Attachments.Application.Links;

/// <summary>The section <c>Links</c>.</summary>
public sealed class LinksOptions
{
    public const string Section = "Links";

    /// <summary>The first key signs, and all verify. None: there are no links.</summary>
    public LinkKeyOptions[] Keys { get; init; } = [];

    /// <summary>How far ahead a link may end.</summary>
    public TimeSpan MaxLifetime { get; init; } = TimeSpan.FromDays(7);

    /// <summary>The end of a link is rounded up to a multiple of this, so that the same request gives the same URL for a while.</summary>
    public TimeSpan Rounding { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The public address of the service. Null: the one that the request names.</summary>
    public string? BaseUrl { get; init => field = string.IsNullOrEmpty(value) ? null : value; }
}

/// <summary>The section <c>Links:Keys:N</c>.</summary>
public sealed class LinkKeyOptions
{
    /// <summary>The <c>kid</c> of its tokens.</summary>
    public string? Id { get; init; }

    /// <summary>In base64, 32 bytes or more. Never shown.</summary>
    public string? Value { get; init; }
}

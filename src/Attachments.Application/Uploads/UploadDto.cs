using Attachments.Domain.Uploads;

namespace Attachments.Application.Uploads;

/// <summary>An upload as its creator sees it.</summary>
/// <param name="Id">Part of its URL.</param>
/// <param name="Path">The path that it was created at.</param>
/// <param name="FileName">Null: the client sent none.</param>
/// <param name="Length">In bytes; null: not known yet.</param>
/// <param name="Offset">The bytes that have arrived, and are on disk.</param>
/// <param name="CreatedAt">When it began.</param>
/// <param name="ExpiresAt">When it ends if no byte comes.</param>
/// <param name="State">Whether it has ended.</param>
public sealed record UploadDto(
    Guid Id, string Path, string? FileName, long? Length, long Offset, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, UploadState State)
{
    /// <summary>As the client sent them.</summary>
    public string? Metadata { get; init; }

    /// <summary>What came of it; null while it is open, or if it was cut off.</summary>
    public UploadOutcome? Outcome { get; init; }

    /// <summary>Of the creating request.</summary>
    public UploadProtocol Protocol { get; init; }

    public bool HasAllBytes => Length == Offset;
}

/// <summary>
/// What is known of the upload that a request is about, for every answer, errors too. One for each request.
/// </summary>
public sealed class UploadReport
{
    /// <summary>Null: there is nothing to tell.</summary>
    public UploadDto? Upload { get; set; }
}

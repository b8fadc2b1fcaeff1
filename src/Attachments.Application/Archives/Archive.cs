namespace Attachments.Application.Archives;

/// <summary>All files of something, as one zip archive.</summary>
/// <param name="FileName">The name that a download suggests.</param>
/// <param name="Layout">Its bytes.</param>
public sealed record Archive(string FileName, ZipLayout Layout);

/// <summary>What a request for an archive says, besides of what.</summary>
/// <param name="SkipUnavailable">Files whose bytes are missing are left out, and named in a text in the archive.</param>
/// <param name="MayReadContent">The checksum of a file that has none yet may be computed now.</param>
public readonly record struct ArchiveChoice(bool SkipUnavailable, bool MayReadContent);

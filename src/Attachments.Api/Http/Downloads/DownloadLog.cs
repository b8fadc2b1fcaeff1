using Attachments.Application.Access;

namespace Attachments.Api.Http.Downloads;

/// <summary>
/// The audit trail of downloads: one structured event for each, when it has ended. It names the object by its id, and not by a path, which
/// can hold the names that people give to their files.
/// </summary>
internal static class DownloadLog
{
    private const string None = "-";

    private static readonly EventId Download = new(1, nameof(Download));

    /// <param name="log">The log.</param>
    /// <param name="content">What was sent: the id of a blob, or an archive.</param>
    /// <param name="sha256">Of its entity tag.</param>
    /// <param name="bytes">How much of it was sent.</param>
    /// <param name="caller">The user; with a link, the one who made it.</param>
    /// <param name="trace">The request.</param>
    public static void Write(ILogger log, string content, byte[] sha256, long bytes, Caller? caller, string trace) => log.LogInformation(
        Download,
        "Download of {Object} (SHA-256 {Sha256}): {Bytes} bytes, user {User}, link {Link}, trace {RequestTrace}",
        content,
        Convert.ToHexStringLower(sha256),
        bytes,
        caller?.UserId.ToString() ?? None,
        caller?.Granted switch { null => None, { LinkId: { } id } => id.ToString(), _ => "without id" },
        trace);
}

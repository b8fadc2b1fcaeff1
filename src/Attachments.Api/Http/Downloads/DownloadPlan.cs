namespace Attachments.Api.Http.Downloads;

/// <summary>All that is to be known of the answer to a download before a byte of the file is read.</summary>
/// <param name="Status">200, 206 or 304.</param>
/// <param name="Headers">All of them.</param>
/// <param name="Body">The bytes to send; null for none.</param>
internal sealed record DownloadPlan(int Status, IHeaderDictionary Headers, ByteRange.Part? Body);

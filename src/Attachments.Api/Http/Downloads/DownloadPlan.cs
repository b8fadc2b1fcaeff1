namespace Attachments.Api.Http.Downloads;

/// <summary>The response to a download, decided before the first byte of the file is read.</summary>
/// <param name="Status">200, 206 or 304.</param>
/// <param name="Headers">All of them.</param>
/// <param name="Body">The bytes to send; null for none.</param>
internal sealed record DownloadPlan(int Status, IHeaderDictionary Headers, ByteRange.Part? Body);

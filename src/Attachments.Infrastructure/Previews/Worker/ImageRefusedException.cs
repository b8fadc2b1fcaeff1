namespace Attachments.Infrastructure.Previews.Worker;

/// <summary>There is no preview of this image.</summary>
internal sealed class ImageRefusedException(string reason) : Exception(reason);

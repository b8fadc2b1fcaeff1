using System.IO.Pipelines;
using Attachments.Domain.Previews;

namespace Attachments.Application.Previews;

/// <summary>Decodes images, in processes that can do nothing else.</summary>
public interface IPreviewRenderer
{
    /// <summary>
    /// The name and version of what decodes. Waits until it is known whether images can be decoded here.
    /// </summary>
    /// <returns>Null: they cannot.</returns>
    Task<string?> FindEngine(CancellationToken cancellationToken);

    /// <summary>Makes the wanted preview of an image and, if it is decoded for that, all smaller ones.</summary>
    /// <param name="wanted">The name of the preset.</param>
    /// <param name="length">Of the image, in bytes.</param>
    /// <param name="copy">Writes the image.</param>
    /// <param name="cancellationToken">Ends the decoder.</param>
    /// <exception cref="PreviewBusyException">No decoder can be started.</exception>
    Task<PreviewRendering> Render(
        string wanted, int length, Func<PipeWriter, CancellationToken, Task> copy, CancellationToken cancellationToken);
}

/// <summary>What became of an image.</summary>
/// <param name="Refusal">Why there is no preview; null: there is.</param>
/// <param name="Previews">JPEG files by the names of their presets.</param>
public sealed record PreviewRendering(PreviewRefusal? Refusal, IReadOnlyDictionary<string, byte[]> Previews)
{
    public static PreviewRendering Refused(PreviewRefusal refusal) => new(refusal, new Dictionary<string, byte[]>());
}

using Attachments.Application.Content.Blobs;
using Attachments.Application.Content.Downloads;
using Attachments.Application.Errors;
using MediatR;
using Microsoft.Extensions.Options;

namespace Attachments.Application.Previews;

/// <summary>A preview of a file that the caller may read. It is made if it is not there yet.</summary>
/// <param name="Source">The file.</param>
/// <param name="Preset">The name of the size.</param>
/// <param name="Whole">All bytes of the preview are likely to be wanted.</param>
public sealed record GetPreview(StoredFile Source, string Preset, bool Whole) : IRequest<StoredFile>;

public sealed class GetPreviewHandler(
    IPreviewRenderer renderer, PreviewMaker maker, PreviewCatalog catalog, IOptions<PreviewsOptions> options, TimeProvider time)
    : IRequestHandler<GetPreview, StoredFile>
{
    /// <exception cref="NotFoundException"><c>previews_off</c></exception>
    /// <exception cref="InvalidRequestException"><c>unknown_preset</c></exception>
    /// <exception cref="GoneException"><c>content_missing</c>: the file's bytes are not there.</exception>
    /// <exception cref="NoPreviewException"><c>no_preview</c></exception>
    /// <exception cref="PreviewBusyException"><c>preview_busy</c></exception>
    public async Task<StoredFile> Handle(GetPreview request, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var timer = time.CreateTimer(_ => patience.Cancel(), null, options.Value.WaitFor, Timeout.InfiniteTimeSpan);
        try
        {
            var key = await IdentifyPreview(request, patience.Token);
            var preview = await catalog.Find(key, request.Source, cancellationToken) ?? await Make(key, request.Source, patience.Token);
            return preview with { Request = request.Whole ? key : null };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw PreviewBusyException.Soon;
        }
    }

    private async Task<PreviewKey> IdentifyPreview(GetPreview request, CancellationToken cancellationToken)
    {
        var engine = await renderer.FindEngine(cancellationToken)
            ?? throw new NotFoundException("previews_off", "This service makes no previews.");
        if (!options.Value.GetPresets().TryGetValue(request.Preset, out var preset))
        {
            var names = string.Join(", ", options.Value.GetPresets().Keys.Order(StringComparer.Ordinal));
            throw new InvalidRequestException("unknown_preset", $"The preview can be one of: {names}.");
        }

        if (request.Source.IsMissing)
        {
            throw new GoneException(BlobGoneException.Code, BlobGoneException.Detail);
        }

        return request.Source.Length <= options.Value.MaxSourceBytes && request.Source.Length > 0
            ? new PreviewKey(request.Source.BlobId, PreviewRecipes.Create(engine, preset), request.Preset)
            : throw new NoPreviewException();
    }

    /// <summary>The image may be being decoded for another size, which need not make this one as well.</summary>
    private async Task<StoredFile> Make(PreviewKey key, StoredFile source, CancellationToken cancellationToken)
    {
        while (true)
        {
            await maker.Make(key, source).WaitAsync(cancellationToken);
            if (await catalog.Find(key, source, cancellationToken) is { } preview)
            {
                return preview;
            }
        }
    }
}

using System.Globalization;
using Attachments.Api.Http.Downloads;
using Attachments.Api.Http.Paths;
using Attachments.Api.Http.Uploads;
using Attachments.Application.Conditional;
using Attachments.Application.Content.Uploads;
using Attachments.Application.Settings;
using Attachments.Application.Uploads;
using Attachments.Domain.Uploads;
using Microsoft.Extensions.Options;

namespace Attachments.Api.Uploads;

/// <summary>The header fields of answers about uploads, errors too.</summary>
internal static class UploadAnswer
{
    /// <summary>Sets those of an answer by tus when it begins.</summary>
    /// <param name="state">The <see cref="HttpContext"/>.</param>
    public static Task SetTusFields(object state)
    {
        ((HttpContext)state).Response.Headers[TusFields.Resumable] = TusFields.Version;
        return SetUploadFields(state);
    }

    /// <summary>Sets those of an answer by RUFH when it begins.</summary>
    /// <param name="state">The <see cref="HttpContext"/>.</param>
    public static Task SetRufhFields(object state)
    {
        EchoInteropVersion((HttpContext)state);
        return SetUploadFields(state);
    }

    /// <summary>Sets those of the answer to a plain upload that says so (<c>Upload-Complete: ?1</c>).</summary>
    /// <param name="state">The <see cref="HttpContext"/>.</param>
    public static Task SetWholeFileFields(object state)
    {
        var context = (HttpContext)state;
        EchoInteropVersion(context);
        var headers = context.Response.Headers;
        var isStored = context.Response.StatusCode < 300;
        headers[TusFields.Complete] = isStored ? "?1" : "?0";
        if (isStored)
        {
            headers[TusFields.Offset] = Format(context.Features.Get<RequestBody>()?.BytesRead ?? 0);
            if (RufhRequest.IsOldDraft(context.Request) && headers.Location.Count == 0)
            {
                // Without it tus-js-client sends the file again.
                headers.Location = RawPath.GetPath(RawRouteValues.GetTarget(context)).ToString();
            }
        }

        return Task.CompletedTask;
    }

    /// <summary>Sets those that say how far an upload is, if the answer is about one.</summary>
    /// <param name="state">The <see cref="HttpContext"/>.</param>
    private static Task SetUploadFields(object state)
    {
        var context = (HttpContext)state;
        if (context.RequestServices.GetRequiredService<UploadReport>().Upload is { } upload)
        {
            SetFields(context, upload);
        }
        else if (context.Response.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            // RUFH, "Limits": an upload that is too large is told what is not.
            context.Response.Headers[TusFields.Limit] = FormatLimit(context.RequestServices);
        }

        return Task.CompletedTask;
    }

    /// <summary>The fields that HEAD tells besides.</summary>
    public static void Describe(HttpResponse response, UploadDto upload)
    {
        if (upload.Length is { } length)
        {
            response.Headers[TusFields.Length] = Format(length);
        }
        else if (TusRequest.IsTus(response.HttpContext.Request))
        {
            response.Headers[TusFields.DeferLength] = "1";
        }

        if (upload.Metadata is { } metadata)
        {
            response.Headers[TusFields.Metadata] = metadata;
        }
    }

    /// <summary>What a new upload can be (RUFH, "Limits").</summary>
    public static string FormatLimit(IServiceProvider services)
    {
        var abandonAfter = services.GetRequiredService<IOptions<StorageOptions>>().Value.AbandonAfter;
        var maxAge = services.GetRequiredService<IOptions<UploadsOptions>>().Value.MaxAge;
        return FormatLimit(services.GetRequiredService<IOptions<LimitsOptions>>().Value, maxAge < abandonAfter ? maxAge : abandonAfter);
    }

    private static string FormatLimit(LimitsOptions limits, TimeSpan maxAge) => string.Create(
        CultureInfo.InvariantCulture,
        $"max-size={limits.MaxUploadBytes}, min-size=0, max-age={(long)Math.Max(0, maxAge.TotalSeconds)}");

    /// <summary>Where the file is to be found, as a path; null: it was not stored.</summary>
    public static string? FindContentLocation(HttpRequest request, UploadDto upload) => (upload.Outcome as StoredOutcome)?.Result switch
    {
        null => null,
        TemporaryItemResult { Item: var item } =>
            $"{request.PathBase}/api/temporaryattachmentset/{item.TemporaryId:D}/attachment/{item.Id:D}",
        OwnedAttachmentResult { IsNew: true, Attachment: var attachment } =>
            string.Create(CultureInfo.InvariantCulture, $"{request.PathBase}/v1/attachments/{attachment.Id}"),
        _ => upload.Path,
    };

    /// <summary>Of the file, or of the entry that holds it; null: it was not stored.</summary>
    public static string? FindEntityTag(UploadDto upload) => upload.Outcome switch
    {
        StoredOutcome { Result: OwnedAttachmentResult { Attachment: var attachment } } => attachment.Representation.EntityTag.ToString(),
        StoredOutcome stored => EntityTag.FromDigest(stored.Sha256).ToString(),
        _ => null,
    };

    private static void SetFields(HttpContext context, UploadDto upload)
    {
        var (response, headers) = (context.Response, context.Response.Headers);
        headers.CacheControl = "no-store";
        headers[TusFields.Complete] = IsComplete(response, upload) ? "?1" : "?0";
        if (response.StatusCode is StatusCodes.Status404NotFound or StatusCodes.Status410Gone)
        {
            return;
        }

        headers[TusFields.Offset] = Format(upload.Offset);
        var services = context.RequestServices;
        var left = upload.ExpiresAt - services.GetRequiredService<TimeProvider>().GetUtcNow();
        headers[TusFields.Limit] = FormatLimit(services.GetRequiredService<IOptions<LimitsOptions>>().Value, left);
        if (upload.State == UploadState.Open)
        {
            headers[TusFields.Expires] = upload.ExpiresAt.ToString("R", CultureInfo.InvariantCulture);
        }

        if (upload.Outcome is StoredOutcome stored && response.StatusCode < 300)
        {
            headers.ContentLocation = FindContentLocation(context.Request, upload);
            headers.ETag = FindEntityTag(upload);
            headers["Repr-Digest"] = ReprDigest.Format(DigestAlgorithms.Sha256, stored.Sha256);
        }
    }

    /// <summary>Whether it is all over. A conflict says that the request itself was not taken.</summary>
    private static bool IsComplete(HttpResponse response, UploadDto upload) =>
        upload.State is UploadState.Stored or UploadState.Refused && response.StatusCode != StatusCodes.Status409Conflict;

    private static void EchoInteropVersion(HttpContext context)
    {
        if (RufhRequest.ReadInteropVersion(context.Request) is { } version)
        {
            context.Response.Headers[RufhFields.InteropVersion] = Format(version);
        }
    }

    private static string Format(long number) => number.ToString(CultureInfo.InvariantCulture);
}

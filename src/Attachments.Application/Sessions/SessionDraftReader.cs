using Attachments.Application.Content.Uploads;
using Attachments.Application.Errors;
using Attachments.Application.Settings;
using Attachments.Domain;
using Attachments.Domain.Sessions;
using FluentValidation;
using Microsoft.Extensions.Options;

namespace Attachments.Application.Sessions;

/// <summary>Reads what a request says about a session to its end, receiving the files on the way, and checks it.</summary>
public sealed class SessionDraftReader(IOptions<LimitsOptions> limits, IValidator<SessionDraft> validator)
{
    /// <exception cref="ValidationException">A field is not of its form.</exception>
    /// <exception cref="InvalidRequestException">A point's base64 is none.</exception>
    /// <exception cref="DomainException">A point cannot be called so, or there are more than a session may have.</exception>
    /// <exception cref="TooLargeException">A point's embedded bytes are over the limit, or a file is.</exception>
    public async Task<SessionDraft> Read(
        IAsyncEnumerable<SessionEntry> entries, UploadReceiver receiver, CancellationToken cancellationToken)
    {
        var draft = new SessionDraft();
        await foreach (var entry in entries.WithCancellation(cancellationToken))
        {
            switch (entry)
            {
                case SessionField field:
                    draft.Set(field);
                    break;
                case ScalarPoint scalar:
                    draft.Set(Point.RequireName(scalar.Name), new ScalarValue(scalar.Text));
                    break;
                case RawDataPoint raw:
                    draft.Set(Point.RequireName(raw.Name), new RawDataValue(Decode(raw)));
                    break;
                case FilePoint file:
                    draft.RequireRoomFor(file.Name);
                    draft.Set(Point.RequireName(file.Name), await receiver.Receive(file.Upload, cancellationToken));
                    break;
            }
        }

        await validator.ValidateAndThrowAsync(draft, cancellationToken);
        return draft;
    }

    private byte[] Decode(RawDataPoint point)
    {
        var bytes = Base64Text.Decode(point.Base64)
            ?? throw new InvalidRequestException("raw_data_invalid", $"The rawData of the point '{point.Name}' is not base64.");
        return bytes.Length <= limits.Value.MaxRawDataBytes
            ? bytes
            : throw new TooLargeException(
                "raw_data_too_large",
                $"The rawData of the point '{point.Name}' has {bytes.Length} bytes; up to {limits.Value.MaxRawDataBytes} are accepted.");
    }
}

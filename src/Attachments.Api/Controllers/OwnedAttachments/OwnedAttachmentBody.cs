using System.Runtime.CompilerServices;
using System.Text.Json;
using Attachments.Api.Http.Documents;
using Attachments.Api.Http.Media;
using Attachments.Api.Http.Uploads.Multipart;
using Attachments.Application.Errors;
using Attachments.Application.OwnedAttachments;
using Attachments.Application.Settings;
using Attachments.Application.Text;

namespace Attachments.Api.Controllers.OwnedAttachments;

/// <summary>
/// Reads the body that creates or changes an owned attachment, whatever its type, as the same entries. Nothing is read before the first
/// of them is asked for.
/// </summary>
internal static class OwnedAttachmentBody
{
    /// <summary>The field of a form that holds the bytes.</summary>
    public const string File = "file";

    public const string FileName = "filename";
    public const string Description = "description";
    public const string SequenceMapFor = "sequence_map_for";
    public const string OwnedByOrganisation = "owned_by_org";
    public const string OwnedByUser = "owned_by_user";

    private static readonly string[] Fields = [FileName, Description, SequenceMapFor, OwnedByOrganisation, OwnedByUser];

    /// <summary>Of a new one. Only a multipart form holds bytes; its owner is the caller, whatever it says.</summary>
    /// <exception cref="InvalidRequestException">The body is broken.</exception>
    /// <exception cref="TooLargeException">A limit is passed.</exception>
    /// <exception cref="UnsupportedMediaTypeException">The body is of another type than those of an attachment.</exception>
    public static async IAsyncEnumerable<OwnedAttachmentEntry> ReadNew(
        HttpRequest request, LimitsOptions limits, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        switch (MediaTypes.Of(request.ContentType))
        {
            case MediaTypes.MultipartForm:
                await foreach (var entry in ReadMultipart(request, limits, cancellationToken))
                {
                    if (entry is not OwnedAttachmentField { Name: OwnedByUser })
                    {
                        yield return entry;
                    }
                }

                break;
            case MediaTypes.Json or MediaTypes.UrlEncodedForm or null:
                // There can be no bytes in it, which is what is wrong with it.
                break;
            default:
                throw MediaTypes.Unsupported("A new attachment must be sent as", MediaTypes.MultipartForm);
        }
    }

    /// <summary>Of one that is there.</summary>
    /// <exception cref="InvalidRequestException">The body is broken, or a field of it is of another type.</exception>
    /// <exception cref="TooLargeException">A limit is passed.</exception>
    /// <exception cref="UnsupportedMediaTypeException">The body is of another type.</exception>
    public static async IAsyncEnumerable<OwnedAttachmentEntry> ReadChanges(
        HttpRequest request, LimitsOptions limits, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var entries = MediaTypes.Of(request.ContentType) switch
        {
            MediaTypes.Json => ReadJson(request, limits, cancellationToken),
            MediaTypes.UrlEncodedForm => ReadForm(request, limits, cancellationToken),
            MediaTypes.MultipartForm => ReadMultipart(request, limits, cancellationToken),
            _ => throw MediaTypes.Unsupported(
                "An attachment is changed by", MediaTypes.Json, MediaTypes.UrlEncodedForm, MediaTypes.MultipartForm),
        };
        await foreach (var entry in entries)
        {
            yield return entry;
        }
    }

    private static async IAsyncEnumerable<OwnedAttachmentEntry> ReadMultipart(
        HttpRequest request, LimitsOptions limits, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var form = new MultipartForm(MaxFiles: 1) { IsText = Fields.Contains };
        await foreach (var part in MultipartBody.Read(request, limits, form, cancellationToken))
        {
            switch (part)
            {
                case FilePart { Name: File } file:
                    yield return new OwnedAttachmentFile(file.Open());
                    break;
                case FilePart file:
                    throw InUnknownField(file.Name ?? "");
                case FieldPart { Name: File, Text.Length: > 0 }:
                    throw Refused("file_name_missing", File, $"The file in the field '{File}' has no file name.");
                case FieldPart { Name: { } name } field:
                    yield return new OwnedAttachmentField(name, field.Text);
                    break;
            }
        }
    }

    private static async IAsyncEnumerable<OwnedAttachmentEntry> ReadForm(
        HttpRequest request, LimitsOptions limits, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var (name, text) in UrlEncodedBody.Read(request, limits, cancellationToken))
        {
            yield return new OwnedAttachmentField(name, text);
        }
    }

    private static async IAsyncEnumerable<OwnedAttachmentEntry> ReadJson(
        HttpRequest request, LimitsOptions limits, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var document = await JsonBody.Read(request, limits, cancellationToken);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            throw new InvalidRequestException("attachment_invalid", "A change of an attachment must be a JSON object.");
        }

        foreach (var property in document.RootElement.EnumerateObject())
        {
            var name = JsonBody.Name(property);
            if (Fields.Contains(name))
            {
                yield return new OwnedAttachmentField(name, TextOf(name, property.Value));
            }
        }
    }

    private static string TextOf(string field, JsonElement value) => value.ValueKind switch
    {
        _ when field == SequenceMapFor => JsonBody.RawText(value),
        JsonValueKind.Null => "",
        JsonValueKind.String => JsonBody.Text(value),
        JsonValueKind.Number when field == OwnedByOrganisation => value.GetRawText(),
        _ => throw OfAnotherType(field, value.ValueKind),
    };

    private static InvalidRequestException InUnknownField(string field) =>
        Refused("file_field_unknown", field, $"The file of an attachment must be in the field '{File}', not in {Quoted.Of(field)}.");

    private static InvalidRequestException OfAnotherType(string field, JsonValueKind kind) =>
        Refused("attachment_invalid", field, $"The attachment's {field} cannot have the JSON type {kind}.");

    private static InvalidRequestException Refused(string code, string field, string fault) =>
        new(code, fault, new Dictionary<string, string[]> { [field] = [fault] });
}

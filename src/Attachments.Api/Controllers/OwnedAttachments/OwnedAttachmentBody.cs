using System.Runtime.CompilerServices;
using System.Text.Json;
using Attachments.Api.Http.Documents;
using Attachments.Api.Http.Media;
using Attachments.Api.Http.Uploads.Multipart;
using Attachments.Api.Uploads;
using Attachments.Application.Errors;
using Attachments.Application.OwnedAttachments;
using Attachments.Application.Pipeline;
using Attachments.Application.Settings;
using Attachments.Application.Text;
using Attachments.Domain;
using Attachments.Domain.OwnedAttachments;
using FluentValidation;

namespace Attachments.Api.Controllers.OwnedAttachments;

/// <summary>
/// Reads the body that creates or changes an owned attachment. Bodies of every type yield the same entries. Reading starts with the first
/// entry.
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

    /// <summary>
    /// Reads the body of a new attachment. Only a multipart form can contain the file. The caller becomes the owner, whatever the body
    /// says.
    /// </summary>
    /// <exception cref="InvalidRequestException">The body is broken.</exception>
    /// <exception cref="ValidationException">A field is not of its type.</exception>
    /// <exception cref="DomainException">The name or the sequence map is invalid.</exception>
    /// <exception cref="TooLargeException">A limit is passed.</exception>
    /// <exception cref="UnsupportedMediaTypeException">The body is of another type than those of an attachment.</exception>
    public static async IAsyncEnumerable<OwnedAttachmentEntry> ReadNew(
        HttpRequest request, LimitsOptions limits, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        switch (MediaTypes.Parse(request.ContentType))
        {
            case not (MediaTypes.Json or MediaTypes.UrlEncodedForm) when RufhRequest.IsRawFile(request):
                yield return new OwnedAttachmentFile(RufhRequest.ReadFile(request, Domain.Content.FileName.Unnamed));
                yield return ReadQuery(request);
                break;
            case MediaTypes.MultipartForm:
                var fields = NewFields();
                await foreach (var file in ReadForm(request, limits, fields, cancellationToken))
                {
                    yield return file;
                }

                fields.Remove(OwnedByUser);
                if (fields.Text(FileName) is "")
                {
                    // The file has a name as well.
                    fields.Remove(FileName);
                }

                yield return Values(fields);
                break;
            case MediaTypes.Json or MediaTypes.UrlEncodedForm or null:
                // This body cannot contain the file, which the handler reports.
                break;
            default:
                throw MediaTypes.Unsupported("A new attachment must be sent as", MediaTypes.MultipartForm);
        }
    }

    /// <summary>Reads the body that changes an existing attachment.</summary>
    /// <exception cref="InvalidRequestException">The body is broken, or a field of it has another JSON type.</exception>
    /// <exception cref="ValidationException">A field is not of its type.</exception>
    /// <exception cref="DomainException">The name or the sequence map is invalid.</exception>
    /// <exception cref="TooLargeException">A limit is passed.</exception>
    /// <exception cref="UnsupportedMediaTypeException">The body is of another type.</exception>
    public static async IAsyncEnumerable<OwnedAttachmentEntry> ReadChanges(
        HttpRequest request, LimitsOptions limits, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var fields = NewFields();
        switch (MediaTypes.Parse(request.ContentType))
        {
            case not (MediaTypes.Json or MediaTypes.UrlEncodedForm) when RufhRequest.IsRawFile(request):
                yield return new OwnedAttachmentFile(RufhRequest.ReadFile(request));
                yield return ReadQuery(request);
                yield break;
            case MediaTypes.Json:
                await ReadJson(request, limits, fields, cancellationToken);
                break;
            case MediaTypes.UrlEncodedForm or MediaTypes.MultipartForm:
                await foreach (var file in ReadForm(request, limits, fields, cancellationToken))
                {
                    yield return file;
                }

                break;
            default:
                throw MediaTypes.Unsupported(
                    "An attachment is changed by", MediaTypes.Json, MediaTypes.UrlEncodedForm, MediaTypes.MultipartForm);
        }

        yield return Values(fields);
    }

    /// <summary>Reads fields that are sent otherwise, by the same rules.</summary>
    /// <param name="read">The text of a field; null: it was not sent.</param>
    /// <exception cref="ValidationException">A field is not of its type.</exception>
    /// <exception cref="DomainException">The sequence map is invalid.</exception>
    public static OwnedAttachmentChanges ReadFields(Func<string, string?> read)
    {
        var fields = NewFields();
        foreach (var name in (string[])[Description, SequenceMapFor, OwnedByOrganisation])
        {
            if (read(name) is { } text)
            {
                fields.Set(name, text);
            }
        }

        return Values(fields);
    }

    private static OwnedAttachmentChanges ReadQuery(HttpRequest request) => ReadFields(name => RufhRequest.ReadField(request, name));

    private static SentFields NewFields() => new("", FileName, Description, SequenceMapFor, OwnedByOrganisation, OwnedByUser);

    /// <summary>Finds the file, and puts the texts of the fields into <paramref name="fields"/>.</summary>
    private static async IAsyncEnumerable<OwnedAttachmentFile> ReadForm(
        HttpRequest request, LimitsOptions limits, SentFields fields, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var form = new MultipartForm(MaxFiles: 1) { IsText = fields.Knows };
        await foreach (var part in FormBody.Read(request, limits, form, cancellationToken))
        {
            switch (part)
            {
                case FilePart { Name: File } file:
                    yield return new OwnedAttachmentFile(file.Open());
                    break;
                case FilePart file:
                    throw UnknownFileField(file.Name ?? "");
                case FieldPart { Name: File, Text.Length: > 0 }:
                    throw Refused("file_missing", File, $"The file in the field '{File}' has no file name.");
                case FieldPart { Name: { } name } field:
                    fields.Set(name, field.Text);
                    break;
            }
        }
    }

    private static async Task ReadJson(
        HttpRequest request, LimitsOptions limits, SentFields fields, CancellationToken cancellationToken)
    {
        using var document = await JsonBody.Read(request, limits, cancellationToken);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            throw new InvalidRequestException("attachment_invalid", "A change of an attachment must be a JSON object.");
        }

        foreach (var property in document.RootElement.EnumerateObject())
        {
            var name = JsonBody.Name(property);
            if (name == File && property.Value.ValueKind != JsonValueKind.Null)
            {
                throw Refused("file_is_text", File, "JSON cannot hold the bytes of an attachment: send them as a file, in a multipart form.");
            }

            if (fields.Knows(name) && !IsAbsent(name, property.Value))
            {
                fields.Set(name, ReadText(name, property.Value));
            }
        }
    }

    /// <summary>Serializers write null for what is not set. It cannot be meant where there is nothing to clear.</summary>
    private static bool IsAbsent(string field, JsonElement value) =>
        value.ValueKind == JsonValueKind.Null && field is (FileName or OwnedByUser);

    private static string ReadText(string field, JsonElement value) => value.ValueKind switch
    {
        _ when field == SequenceMapFor => JsonBody.RawText(value),
        JsonValueKind.Null => "",
        JsonValueKind.String => JsonBody.Text(value),
        JsonValueKind.Number when field == OwnedByOrganisation => value.GetRawText(),
        _ => throw WrongType(field, value.ValueKind),
    };

    private static OwnedAttachmentChanges Values(SentFields fields)
    {
        var organisation = Organisation(fields);
        var owner = fields.Read(OwnedByUser, UuidText.Parse, "must be a UUID");
        fields.RequireValid();
        return new OwnedAttachmentChanges
        {
            FileName = fields.Text(FileName) is { } name ? Domain.Content.FileName.From(name) : null,
            Description = fields.Text(Description),
            SequenceMap = fields.Text(SequenceMapFor) is { } json ? new NewValue<SequenceMap>(SequenceMap.From(json)) : null,
            OwnedByOrganisation = organisation,
            OwnedByUser = owner,
        };
    }

    // A form has no null, and may say "null" instead.
    private static NewValue<long?>? Organisation(SentFields fields) => fields.Text(OwnedByOrganisation) switch
    {
        null => null,
        "" or "null" => new NewValue<long?>(null),
        _ => new NewValue<long?>(fields.Read(OwnedByOrganisation, DecimalInteger.Parse, "must be an integer, or null")),
    };

    private static InvalidRequestException UnknownFileField(string field) =>
        Refused("file_field_unknown", field, $"The file of an attachment must be in the field '{File}', not in {Quoted.Format(field)}.");

    private static InvalidRequestException WrongType(string field, JsonValueKind kind) =>
        Refused("attachment_invalid", field, $"The field {field} cannot have the JSON type {kind}.");

    private static InvalidRequestException Refused(string code, string field, string fault) =>
        new(code, fault, new Dictionary<string, string[]> { [field] = [fault] });
}

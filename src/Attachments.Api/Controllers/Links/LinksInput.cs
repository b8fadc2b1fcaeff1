using System.Text.Json.Serialization;

namespace Attachments.Api.Controllers.Links;

/// <summary>The links to make.</summary>
/// <param name="Links">1 to 1000.</param>
public sealed record LinksInput([property: JsonPropertyName("links")] IReadOnlyList<LinkInput> Links);

/// <summary>A link to make. Null counts as not sent.</summary>
/// <param name="Url">A URL of this service, or its path.</param>
/// <param name="Method">`GET` (default), `PUT` or `POST`.</param>
/// <param name="ExpiresIn">Seconds, 3600 by default.</param>
/// <param name="Disposition">`inline` or `attachment`, whatever the query of a download says.</param>
/// <param name="FileName">The name of the download, or of the upload.</param>
/// <param name="Pin">Only for the content of now.</param>
/// <param name="Public">With `pin`: shared caches may keep the content.</param>
/// <param name="Revocable">It can be listed and revoked.</param>
/// <param name="MaxUses">1 to 10000; implies `revocable`.</param>
/// <param name="MaxBytes">The largest file to upload.</param>
/// <param name="MediaType">The type of the file to upload, such as `image/*`.</param>
/// <param name="CreateOnly">An upload replaces nothing.</param>
public sealed record LinkInput(
    [property: JsonPropertyName("url")] string Url,
    [property: JsonPropertyName("method")] string? Method = null,
    [property: JsonPropertyName("expires_in")] long? ExpiresIn = null,
    [property: JsonPropertyName("disposition")] string? Disposition = null,
    [property: JsonPropertyName("filename")] string? FileName = null,
    [property: JsonPropertyName("pin")] bool? Pin = null,
    [property: JsonPropertyName("public")] bool? Public = null,
    [property: JsonPropertyName("revocable")] bool? Revocable = null,
    [property: JsonPropertyName("max_uses")] long? MaxUses = null,
    [property: JsonPropertyName("max_bytes")] long? MaxBytes = null,
    [property: JsonPropertyName("media_type")] string? MediaType = null,
    [property: JsonPropertyName("create_only")] bool? CreateOnly = null);

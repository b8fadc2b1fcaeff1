using System.Collections.Frozen;
using Attachments.Api.Uploads;
using Microsoft.OpenApi;

namespace Attachments.Api.Docs;

/// <summary>The header fields of the OpenAPI document, with their descriptions. Operations refer to them.</summary>
internal static class HeaderFields
{
    public static readonly FrozenDictionary<string, string> Request = new Dictionary<string, string>
    {
        ["Range"] = "A single range of bytes (RFC 9110, section 14.2): `bytes=0-999`, `bytes=1000-`, `bytes=-500`. Several are answered with the whole file.",
        ["If-Range"] = "The `ETag` or `Last-Modified` to which the range belongs. If the file is another by now, all of it is sent.",
        ["If-Match"] = "Only if the current `ETag` is one of these, or, with `*`, if there is anything. Otherwise 412.",
        ["If-None-Match"] = "Only if the current `ETag` is none of these, or, with `*`, if there is nothing yet. Otherwise 304 for GET and HEAD, 412 for others.",
        ["If-Modified-Since"] = "Only if it was changed after this date. Otherwise 304. It does not count beside `If-None-Match`.",
        ["If-Unmodified-Since"] = "Only if it was not changed after this date. Otherwise 412. It does not count beside `If-Match`.",
        ["Want-Repr-Digest"] = "The preferred digests (RFC 9530, section 4): `sha-256=10`. Known are `sha-256`, `md5`, and `sha-512` if the upload was sent with it.",
        ["Content-Digest"] = "A digest of the body (RFC 9530): `sha-256=:…:`, `sha-512=:…:` or `md5=:…:`. Another body is refused with 400, and nothing is stored.",
        ["Repr-Digest"] = "Counts as `Content-Digest` does.",
        ["Content-MD5"] = "The MD5 digest of the body in base64 (RFC 1864). Counts as `Content-Digest` does.",
        [TusFields.Resumable] = $"`{TusFields.Version}`: the request is one of tus.",
        [TusFields.Length] = "The length of the whole file.",
        [TusFields.DeferLength] = "`1`: the length follows with a PATCH.",
        [TusFields.Metadata] = "Keys, each with its value in base64, separated by commas: `filename cGhvdG8uanBn,filetype aW1hZ2UvanBlZw==`.",
        [TusFields.Complete] = "`?0`: more of the file follows in other requests. `?1`: these are the last bytes, or all of them.",
        ["Content-Disposition"] = "The name of the file, in `filename` or `filename*`, if the body is nothing but the file.",
        [TusFields.Offset] = "Where the bytes belong: the number of bytes that have arrived.",
        [TusFields.Checksum] = "An algorithm (`sha1`, `md5`, `sha256`, `sha512`) and the digest of the bytes in base64. Other bytes are refused with 460.",
        [TusFields.MethodOverride] = "`PATCH`, `DELETE` or `HEAD`.",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static readonly FrozenDictionary<string, string> Response = new Dictionary<string, string>
    {
        ["ETag"] = "The version (RFC 9110, section 8.8.3), for `If-Match`, `If-None-Match` and `If-Range`.",
        ["Last-Modified"] = "When this version came into being.",
        ["Accept-Ranges"] = "Always `bytes`.",
        ["Content-Range"] = "The range sent and the length of the file: `bytes 0-999/40244`; with 416 only the length: `bytes */40244`.",
        ["Content-Disposition"] = "`attachment` or `inline`, and the name of the file (RFC 6266).",
        ["Repr-Digest"] = "The digest of the whole file (RFC 9530): its SHA-256, or the one that `Want-Repr-Digest` prefers.",
        ["Location"] = "The URL of what was created.",
        ["Content-Location"] = "The URL of the document in the body.",
        ["Link"] = "The URLs of other pages, as `rel` `first`, `prev`, `next` and `last` (RFC 8288).",
        ["X-Total-Count"] = "The number of items on all pages.",
        ["WWW-Authenticate"] = "The scheme, and what is wrong with the token (RFC 6750).",
        [TusFields.Resumable] = $"`{TusFields.Version}`, if the request was one of tus.",
        [TusFields.Length] = "The length of the whole file, if it is known.",
        [TusFields.Offset] = "The number of bytes that have arrived.",
        [TusFields.Complete] = "`?1` when the file was stored or refused, else `?0`.",
        [TusFields.Expires] = "When the upload ends if nothing comes.",
        ["Retry-After"] = "Seconds to wait before the request is sent again.",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static IOpenApiParameter Parameter(string name, OpenApiDocument? document) => new OpenApiParameterReference(name, document);

    public static IOpenApiHeader Header(string name, OpenApiDocument? document) => new OpenApiHeaderReference(name, document);
}

using System.Net.Http.Headers;
using System.Text;

namespace Attachments.FunctionalTests.Support;

/// <summary>Request bodies, made byte for byte as they are to be sent.</summary>
internal static class Body
{
    public const string Boundary = "----test-boundary-7MA4YWxk";
    public const string MultipartType = $"multipart/form-data; boundary={Boundary}";

    public static HttpContent Json(string json) => Create(Encoding.UTF8.GetBytes(json), "application/json");

    /// <summary>A session document of these members, written as JSON.</summary>
    public static HttpContent Session(string members) => Json($$"""{"session":{{{members}}} }""");

    /// <summary>A session document of one point, whose value is JSON, with a unit.</summary>
    public static HttpContent Point(string value) => Session($$"""  "unit_id":"u","data":{"p":{{value}}}  """);

    /// <summary>An urlencoded form, each field encoded as the URL Standard has it.</summary>
    public static HttpContent Form(params (string Name, string Value)[] fields) => RawForm(
        string.Join('&', fields.Select(field => $"{Encoded(field.Name)}={Encoded(field.Value)}")));

    /// <summary>An urlencoded form as it stands.</summary>
    public static HttpContent RawForm(string text) => Create(Encoding.UTF8.GetBytes(text), "application/x-www-form-urlencoded");

    public static HttpContent Multipart(params Part[] parts) => Create(MultipartBytes(parts), MultipartType);

    public static byte[] MultipartBytes(params Part[] parts) =>
        [.. parts.SelectMany(part => part.Bytes()), .. Encoding.ASCII.GetBytes($"--{Boundary}--\r\n")];

    public static HttpContent Raw(byte[] bytes) => Create(bytes, "application/octet-stream");

    /// <param name="bytes">The body.</param>
    /// <param name="mediaType">Null: none is sent.</param>
    public static HttpContent Create(byte[] bytes, string? mediaType)
    {
        var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = mediaType is null ? null : MediaTypeHeaderValue.Parse(mediaType);
        return content;
    }

    /// <summary>The same body without Content-Length, in chunks.</summary>
    public static async Task<HttpContent> InChunks(this HttpContent body)
    {
        var content = new StreamContent(new UnknownLengthStream(await body.ReadAsByteArrayAsync()));
        content.Headers.ContentType = body.Headers.ContentType;
        return content;
    }

    public static HttpContent With(this HttpContent body, string field, string value)
    {
        body.Headers.TryAddWithoutValidation(field, value).ShouldBeTrue();
        return body;
    }

    private static string Encoded(string text) => Uri.EscapeDataString(text).Replace("%20", "+", StringComparison.Ordinal);

    private sealed class UnknownLengthStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}

/// <summary>A part of a multipart form.</summary>
/// <param name="Disposition">What follows the type in its Content-Disposition.</param>
/// <param name="Content">Its bytes.</param>
/// <param name="Fields">Its other header fields.</param>
internal sealed record Part(string Disposition, byte[] Content, params string[] Fields)
{
    /// <summary>The type of its Content-Disposition.</summary>
    public string Type { get; init; } = "form-data";

    public static Part Field(string name, string text) => new($"; name=\"{name}\"", Encoding.UTF8.GetBytes(text));

    public static Part File(string name, byte[] content, string fileName = "photo.jpg", params string[] fields) =>
        new($"; name=\"{name}\"; filename=\"{fileName}\"", content, ["Content-Type: image/jpeg", .. fields]);

    public byte[] Bytes() =>
    [
        .. Encoding.UTF8.GetBytes($"--{Body.Boundary}\r\nContent-Disposition: {Type}{Disposition}\r\n"
            + string.Concat(Fields.Select(field => $"{field}\r\n")) + "\r\n"),
        .. Content,
        .. "\r\n"u8,
    ];
}

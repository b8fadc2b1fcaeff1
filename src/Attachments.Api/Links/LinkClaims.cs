using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Attachments.Application.Access;
using Attachments.Application.OwnedAttachments;
using Attachments.Application.Text;
using Attachments.Domain;

namespace Attachments.Api.Links;

/// <summary>
/// The claims of a link's token (RFC 7519), with the names <c>htm</c> and <c>htu</c> of RFC 9449. Every claim beyond those that tokens
/// usually have restricts the link, so a token with a claim that is unknown here is not accepted.
/// </summary>
internal static class LinkClaims
{
    private const string Method = "htm";
    private const string Target = "htu";
    private const string Expiry = "exp";
    private const string Maker = "sub";
    private const string Id = "jti";
    private const string Sha256 = "sha256";
    private const string Disposition = "disposition";
    private const string FileName = "filename";
    private const string Ids = "ids";
    private const string Public = "public";
    private const string MaxBytes = "max_bytes";
    private const string MediaType = "media_type";
    private const string CreateOnly = "create_only";
    private const string Inline = "inline";
    private const string Attachment = "attachment";

    /// <summary>What libraries add by themselves, and what restricts nothing here.</summary>
    private static readonly string[] Ignored = ["iat", "iss", "aud"];

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The claims as JSON, always in the same order.</summary>
    public static string Format(GrantedRequest granted)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            writer.WriteStartObject();
            writer.WriteString(Method, granted.Method);
            writer.WriteString(Target, granted.Target);
            writer.WriteNumber(Expiry, granted.ExpiresAt.ToUnixTimeSeconds());
            writer.WriteString(Maker, granted.Maker);
            WriteOptional(writer, granted);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    /// <summary>The request that the claims grant; null: they are incomplete, contradictory, or not all known.</summary>
    public static GrantedRequest? Parse(Dictionary<string, JsonElement> claims)
    {
        try
        {
            var granted = Read(claims);
            return claims.Keys.Except(Ignored).Any() || !IsConsistent(granted) ? null : granted;
        }
        catch (Exception exception) when (exception is FormatException or InvalidOperationException or DomainException)
        {
            return null;
        }
    }

    private static void WriteOptional(Utf8JsonWriter writer, GrantedRequest granted)
    {
        if (granted.LinkId is { } id)
        {
            writer.WriteString(Id, id);
        }

        WriteText(writer, Sha256, granted.Sha256);
        WriteText(writer, Disposition, granted.Inline switch { null => null, true => Inline, false => Attachment });
        WriteText(writer, FileName, granted.FileName?.Value);
        WriteText(writer, Ids, granted.Ids);
        WriteFlag(writer, Public, granted.IsPublic);
        if (granted.MaxBytes is { } bytes)
        {
            writer.WriteNumber(MaxBytes, bytes);
        }

        WriteText(writer, MediaType, granted.MediaType);
        WriteFlag(writer, CreateOnly, granted.CreateOnly);
    }

    private static void WriteText(Utf8JsonWriter writer, string claim, string? text)
    {
        if (text is not null)
        {
            writer.WriteString(claim, text);
        }
    }

    private static void WriteFlag(Utf8JsonWriter writer, string claim, bool flag)
    {
        if (flag)
        {
            writer.WriteBoolean(claim, true);
        }
    }

    /// <summary>Takes out what it reads.</summary>
    private static GrantedRequest Read(Dictionary<string, JsonElement> claims) =>
        new(
            UuidText.Parse(Required(claims, Maker).GetString()) ?? throw new FormatException(),
            Required(claims, Method).GetString()!,
            Required(claims, Target).GetString()!,
            ReadTime(Required(claims, Expiry)))
        {
            LinkId = Take(claims, Id) is { } id ? UuidText.Parse(id.GetString()) ?? throw new FormatException() : null,
            Sha256 = Take(claims, Sha256) is { } sha256 ? RequireSha256(sha256.GetString()!) : null,
            Inline = Take(claims, Disposition)?.GetString() switch
            {
                null => null,
                Inline => true,
                Attachment => false,
                _ => throw new FormatException(),
            },
            FileName = Take(claims, FileName) is { } name ? Domain.Content.FileName.From(name.GetString()!) : null,
            Ids = Take(claims, Ids) is { } ids ? RequireIds(ids.GetString()) : null,
            IsPublic = Take(claims, Public)?.GetBoolean() ?? false,
            MaxBytes = Take(claims, MaxBytes)?.GetInt64(),
            MediaType = Take(claims, MediaType)?.GetString(),
            CreateOnly = Take(claims, CreateOnly)?.GetBoolean() ?? false,
        };

    private static bool IsConsistent(GrantedRequest granted)
    {
        var ofUploads = granted is not { MaxBytes: null, MediaType: null, CreateOnly: false };
        var ofDownloads = granted is not { Sha256: null, Inline: null, FileName: null, Ids: null, IsPublic: false };
        return (granted.Method == HttpMethods.Get ? !ofUploads : !ofDownloads)
            && (!granted.IsPublic || granted.Sha256 is not null)
            && (granted.MediaType is null || MediaTypeRange.IsValid(granted.MediaType))
            && granted.MaxBytes is null or >= 0;
    }

    private static JsonElement Required(Dictionary<string, JsonElement> claims, string name) => Take(claims, name) ?? throw new FormatException();

    private static JsonElement? Take(Dictionary<string, JsonElement> claims, string name)
    {
        // A claim that is null says something that is not understood.
        return claims.Remove(name, out var value)
            ? value.ValueKind == JsonValueKind.Null ? throw new FormatException() : value
            : null;
    }

    private static DateTimeOffset ReadTime(JsonElement seconds) =>
        seconds.GetInt64() is var value and >= 0 && value < DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? DateTimeOffset.FromUnixTimeSeconds(value)
            : throw new FormatException();

    private static string RequireSha256(string text) =>
        text.Length == 64 && text.All(character => char.IsAsciiHexDigitLower(character)) ? text : throw new FormatException();

    /// <summary>In the one form that they are compared in.</summary>
    private static string RequireIds(string? text) =>
        AttachmentIds.TryParse(text)?.ToString() is { } ids && ids == text ? ids : throw new FormatException();
}

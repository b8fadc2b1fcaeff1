using System.Text;
using System.Text.Unicode;
using Attachments.Application.Errors;
using Microsoft.Extensions.Primitives;

namespace Attachments.Api.Uploads;

/// <summary>The <c>Upload-Metadata</c> of a new upload (tus 1.0, "Creation"): keys, each with a value in base64 or none.</summary>
internal sealed class TusMetadata
{
    /// <summary>In characters.</summary>
    public const int MaxLength = 8 << 10;

    private readonly Dictionary<string, byte[]> values = new(StringComparer.Ordinal);

    private TusMetadata(string? text) => Text = text;

    /// <summary>As they were sent; null: there are none.</summary>
    public string? Text { get; }

    /// <exception cref="InvalidRequestException"><c>upload_metadata_invalid</c></exception>
    public static TusMetadata Parse(StringValues lines)
    {
        var text = string.Join(',', lines.ToArray()).Trim();
        var metadata = new TusMetadata(text.Length == 0 ? null : text);
        if (text.Length > MaxLength || text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            throw Invalid($"is longer than {MaxLength} characters, or has others than visible ASCII");
        }

        foreach (var pair in metadata.Text?.Split(',') ?? [])
        {
            metadata.Add(pair.Trim());
        }

        return metadata;
    }

    /// <summary>The first of the keys that has a value.</summary>
    /// <returns>Null: none of them has.</returns>
    /// <exception cref="InvalidRequestException"><c>upload_metadata_invalid</c>: the value is not UTF-8.</exception>
    public string? Find(params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
        {
            if (Read(key) is { Length: > 0 } text)
            {
                return text;
            }
        }

        return null;
    }

    /// <summary>The value of a key, which may be empty; null: the key was not sent.</summary>
    /// <exception cref="InvalidRequestException"><c>upload_metadata_invalid</c>: the value is not UTF-8.</exception>
    public string? Read(string key)
    {
        if (!values.TryGetValue(key, out var value))
        {
            return null;
        }

        return Utf8.IsValid(value) ? Encoding.UTF8.GetString(value) : throw Invalid($"has a value of '{key}' that is not UTF-8");
    }

    private void Add(string pair)
    {
        var space = pair.IndexOf(' ', StringComparison.Ordinal);
        var (key, encoded) = space < 0 ? (pair, "") : (pair[..space], pair[(space + 1)..]);
        var value = new byte[encoded.Length];
        if (key.Length == 0 || encoded.Length % 4 != 0 || encoded.Contains(' ', StringComparison.Ordinal)
            || !Convert.TryFromBase64String(encoded, value, out var length))
        {
            throw Invalid("must be pairs of a key and a value in base64, separated by commas");
        }

        if (!values.TryAdd(key, value[..length]))
        {
            throw Invalid($"has the key '{key}' twice");
        }
    }

    private static InvalidRequestException Invalid(string fault) => new("upload_metadata_invalid", $"{TusFields.Metadata} {fault}.");
}

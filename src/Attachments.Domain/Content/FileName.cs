using System.Buffers;
using System.Text;

namespace Attachments.Domain.Content;

/// <summary>
/// The name of an uploaded file, made safe to show and to send back. It is data: no path and no storage key is built from it.
/// Names are compared by character, case-sensitively.
/// </summary>
public sealed record FileName
{
    /// <summary>The maximum length in bytes of UTF-8, which is that of common file systems.</summary>
    public const int MaxBytes = 255;

    // Formatting characters that reorder what is displayed, so that "gpj.exe" can look like "exe.jpg".
    private static readonly SearchValues<char> BidirectionalFormatting =
        SearchValues.Create("\u061C\u200E\u200F\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069");

    /// <summary>The name of a file that has to have one and was sent without.</summary>
    public static readonly FileName Unnamed = From("unnamed");

    private FileName(string value) => Value = value;

    /// <summary>
    /// 1 to <see cref="MaxBytes"/> bytes in UTF-8, in NFC, without separators of directories and without control characters.
    /// </summary>
    public string Value { get; }

    /// <summary>
    /// Keeps the last segment after <c>/</c> or <c>\</c> (some clients send whole paths), removes control characters (C0, DEL, C1) and
    /// bidirectional formatting characters from it, then the white space around it (which is invisible, so nobody intends it), and
    /// normalises the rest to NFC.
    /// </summary>
    /// <exception cref="DomainException">
    /// <c>file_name_invalid</c>: the rest is empty, <c>.</c> or <c>..</c>, or the text is not well-formed Unicode;
    /// <c>file_name_too_long</c>: it is longer than <see cref="MaxBytes"/> bytes.
    /// </exception>
    public static FileName From(string text)
    {
        RequireWellFormed(text);
        return Validate(RemoveInvisible(LastSegment(text)).Trim());
    }

    /// <summary>
    /// Reads a name that addresses a file, such as a path segment. A name that <see cref="From"/> would shorten is invalid, except for
    /// bidirectional formatting characters, so that it cannot address another file. White space around it is kept.
    /// </summary>
    /// <exception cref="DomainException">As from <see cref="From"/>.</exception>
    public static FileName FromSegment(string text)
    {
        RequireWellFormed(text);
        return text.AsSpan().ContainsAny('/', '\\') || text.Any(char.IsControl)
            ? throw new DomainException("file_name_invalid", "The file name contains a slash, a backslash or a control character.")
            : Validate(RemoveInvisible(text));
    }

    /// <summary>Like <see cref="FromSegment"/>, but null if no file can have the name, for callers that only look it up.</summary>
    public static FileName? FromSegmentOrNull(string text)
    {
        try
        {
            return FromSegment(text);
        }
        catch (DomainException)
        {
            return null;
        }
    }

    /// <summary>Restores a name from its stored text, which <see cref="From"/> produced.</summary>
    public static FileName FromStored(string value) => new(value);

    public override string ToString() => Value;

    private static FileName Validate(string visible)
    {
        var name = WellFormedText.Normalize(visible, "file_name_invalid", "The file name");
        if (name is "" or "." or "..")
        {
            throw new DomainException("file_name_invalid", $"The file name '{name}' is not allowed.");
        }

        if (Encoding.UTF8.GetByteCount(name) > MaxBytes)
        {
            throw new DomainException("file_name_too_long", $"The file name is longer than {MaxBytes} bytes of UTF-8.");
        }

        return new FileName(name);
    }

    private static void RequireWellFormed(string text)
    {
        if (!WellFormedText.IsWellFormed(text))
        {
            throw new DomainException("file_name_invalid", "The file name is not well-formed Unicode.");
        }
    }

    private static ReadOnlySpan<char> LastSegment(ReadOnlySpan<char> text) => text[(text.LastIndexOfAny('/', '\\') + 1)..];

    private static string RemoveInvisible(ReadOnlySpan<char> text)
    {
        var visible = new StringBuilder(text.Length);
        foreach (var character in text)
        {
            if (!char.IsControl(character) && !BidirectionalFormatting.Contains(character))
            {
                visible.Append(character);
            }
        }

        return visible.ToString();
    }
}

using System.Buffers;
using System.Text;

namespace Attachments.Domain.Content;

/// <summary>
/// The name that a file was sent with, made safe to show and to send back. It is data: no path and no storage key is made from it.
/// Two are equal when their characters are; case counts.
/// </summary>
public sealed record FileName
{
    /// <summary>The longest name, in bytes of UTF-8: what common file systems take.</summary>
    public const int MaxBytes = 255;

    // Formatting characters that reorder what is displayed, so that "gpj.exe" can look like "exe.jpg".
    private static readonly SearchValues<char> BidirectionalFormatting =
        SearchValues.Create("\u061C\u200E\u200F\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069");

    private FileName(string value) => Value = value;

    /// <summary>
    /// 1 to <see cref="MaxBytes"/> bytes in UTF-8, in NFC, without separators of directories and without control characters.
    /// </summary>
    public string Value { get; }

    /// <summary>
    /// Keeps the last segment after <c>/</c> or <c>\</c> (some clients send whole paths), removes control characters (C0, DEL, C1) and
    /// bidirectional formatting characters from it, then white space around it (nobody can see it, so nobody means it), and brings the
    /// rest to NFC.
    /// </summary>
    /// <exception cref="DomainException">
    /// <c>file_name_invalid</c>: then nothing is left, or <c>.</c> or <c>..</c>, or the text is not well-formed Unicode;
    /// <c>file_name_too_long</c>: it takes more than <see cref="MaxBytes"/> bytes.
    /// </exception>
    public static FileName From(string text)
    {
        RequireWellFormed(text);
        return Of(Visible(LastSegment(text)).Trim());
    }

    /// <summary>
    /// A name that addresses its file, as a segment of a path does: what <see cref="From"/> would cut off or take out of it, but for
    /// bidirectional formatting characters, makes it invalid, so that it names no other file than it says. White space around it stays.
    /// </summary>
    /// <exception cref="DomainException">As from <see cref="From"/>.</exception>
    public static FileName FromSegment(string text)
    {
        RequireWellFormed(text);
        return text.AsSpan().ContainsAny('/', '\\') || text.Any(char.IsControl)
            ? throw new DomainException("file_name_invalid", "The file name contains a slash, a backslash or a control character.")
            : Of(Visible(text));
    }

    /// <summary>As <see cref="FromSegment"/>; null for what no file can be called, to whom that is no more than a name that is not there.</summary>
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

    /// <summary>A name as it was once <see cref="From">made</see> and stored.</summary>
    public static FileName Stored(string value) => new(value);

    public override string ToString() => Value;

    private static FileName Of(string visible)
    {
        var name = WellFormedText.Normalized(visible, "file_name_invalid", "The file name");
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

    private static string Visible(ReadOnlySpan<char> text)
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

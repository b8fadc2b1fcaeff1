namespace Attachments.Application.Text;

/// <summary>UUIDs as text (RFC 9562, section 4): 32 hexadecimal digits in either case, with four hyphens, and nothing else.</summary>
public static class UuidText
{
    /// <summary>The UUID; null where there is no text, or one of another form.</summary>
    /// <remarks>Guid's own parser also takes blanks around, signs and 0x inside.</remarks>
    public static Guid? Parse(string? text) =>
        Guid.TryParseExact(text, "D", out var uuid) && uuid.ToString("D").Equals(text, StringComparison.OrdinalIgnoreCase) ? uuid : null;
}

using System.Buffers;
using System.Text;

namespace Attachments.Domain;

/// <summary>The requirements for stored text: Unicode without lone surrogates and U+0000, of bounded length.</summary>
internal static class WellFormedText
{
    /// <summary>Returns <paramref name="text"/> if it can be stored.</summary>
    /// <param name="text">The text as it was sent.</param>
    /// <param name="code">The error's code.</param>
    /// <param name="what">The name of the text in the message: <c>The unit_id</c>.</param>
    /// <exception cref="DomainException">It holds U+0000 or a lone surrogate.</exception>
    public static string Require(string text, string code, string what)
    {
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            throw new DomainException(code, $"{what} contains the character U+0000.");
        }

        if (!IsWellFormed(text))
        {
            throw new DomainException(code, $"{what} is not well-formed Unicode.");
        }

        return text;
    }

    /// <summary>
    /// Like <see cref="Require(string, string, string)"/>; the text must have 1 to <paramref name="maxCharacters"/> characters.
    /// </summary>
    /// <exception cref="DomainException">The text is not valid.</exception>
    public static string Require(string text, int maxCharacters, string code, string what)
    {
        Require(text, code, what);
        var characters = text.Length <= maxCharacters ? text.Length : text.EnumerateRunes().Count();
        return characters >= 1 && characters <= maxCharacters
            ? text
            : throw new DomainException(code, $"{what} must have 1 to {maxCharacters} characters; it has {characters}.");
    }

    /// <summary>Returns the text in NFC. It must be well-formed.</summary>
    /// <exception cref="DomainException">It contains a Unicode noncharacter.</exception>
    public static string Normalize(string text, string code, string what)
    {
        try
        {
            return text.Normalize();
        }
        catch (ArgumentException)
        {
            // The framework throws this for U+FFFE.
            throw new DomainException(code, $"{what} contains a Unicode noncharacter.");
        }
    }

    /// <summary>Whether every surrogate belongs to a pair.</summary>
    public static bool IsWellFormed(ReadOnlySpan<char> text)
    {
        for (int next; (next = text.IndexOfAnyInRange('\uD800', '\uDFFF')) >= 0;)
        {
            if (Rune.DecodeFromUtf16(text[next..], out _, out var consumed) != OperationStatus.Done)
            {
                return false;
            }

            text = text[(next + consumed)..];
        }

        return true;
    }
}

using System.Text;

namespace Attachments.Domain;

/// <summary>What a text must be to be stored and found again: Unicode without lone surrogates, without U+0000, of bounded length.</summary>
internal static class WellFormedText
{
    /// <summary>Returns <paramref name="text"/> if it can be stored.</summary>
    /// <param name="text">The text as it was sent.</param>
    /// <param name="code">The error's code.</param>
    /// <param name="what">How the message names the text: <c>The unit_id</c>.</param>
    /// <exception cref="DomainException">It holds U+0000 or a lone surrogate.</exception>
    public static string Require(string text, string code, string what)
    {
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            throw new DomainException(code, $"{what} holds the character U+0000.");
        }

        if (HasLoneSurrogate(text))
        {
            throw new DomainException(code, $"{what} is not well-formed Unicode.");
        }

        return text;
    }

    /// <summary>As <see cref="Require(string, string, string)"/>, and of 1 to <paramref name="maxCharacters"/> Unicode characters.</summary>
    /// <exception cref="DomainException">It is not.</exception>
    public static string Require(string text, int maxCharacters, string code, string what)
    {
        Require(text, code, what);
        var characters = text.Length <= maxCharacters ? text.Length : text.EnumerateRunes().Count();
        return characters >= 1 && characters <= maxCharacters
            ? text
            : throw new DomainException(code, $"{what} must have 1 to {maxCharacters} characters; it has {characters}.");
    }

    private static bool HasLoneSurrogate(string text)
    {
        for (var rest = text.AsSpan(); !rest.IsEmpty;)
        {
            var next = rest.IndexOfAnyInRange('\uD800', '\uDFFF');
            if (next < 0)
            {
                return false;
            }

            if (Rune.DecodeFromUtf16(rest[next..], out _, out var consumed) != System.Buffers.OperationStatus.Done)
            {
                return true;
            }

            rest = rest[(next + consumed)..];
        }

        return false;
    }
}

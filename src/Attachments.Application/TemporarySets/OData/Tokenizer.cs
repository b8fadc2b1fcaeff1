using System.Text;
using Attachments.Application.Text;

namespace Attachments.Application.TemporarySets.OData;

/// <summary>Takes an expression apart, one token at a time. Literals are known by their form, in the style of either version.</summary>
internal sealed class Tokenizer(OptionText option)
{
    /// <summary>What a plus becomes in a query where it is not percent-encoded.</summary>
    private const char DecodedPlus = ' ';

    private readonly string text = option.Text;
    private int offset;

    /// <summary>The next token; at the end, and from then on, <see cref="TokenKind.End"/>.</summary>
    public Token Next()
    {
        while (offset < text.Length && text[offset] is ' ' or '\t')
        {
            offset++;
        }

        if (offset == text.Length)
        {
            return new Token(TokenKind.End, offset, "");
        }

        return text[offset] switch
        {
            '(' => Take(TokenKind.OpenParenthesis, 1),
            ')' => Take(TokenKind.CloseParenthesis, 1),
            ',' => Take(TokenKind.Comma, 1),
            '\'' => TakeString(),
            >= '0' and <= '9' or '+' or '-' => TakeBareLiteral(),
            var first when IsWordCharacter(first) => TakeWord(),
            _ => throw option.Invalid(offset, $"{Quoted.Format(CharacterAt(offset))} has no meaning here"),
        };
    }

    private static bool IsLiteralCharacter(char character) => IsWordCharacter(character) || character is '-' or '+' or ':' or '.';

    private static bool IsWordCharacter(char character) => char.IsAsciiLetterOrDigit(character) || character == '_';

    private Token Take(TokenKind kind, int length, Literal value = default)
    {
        var token = new Token(kind, offset, text.Substring(offset, length), value);
        offset += length;
        return token;
    }

    private Token TakeWord()
    {
        var length = MeasureRun(IsWordCharacter, offset);
        if (text.AsSpan(offset + length).StartsWith("'"))
        {
            return TakeTypedLiteral(length);
        }

        // A GUID may begin with a letter.
        if (text.AsSpan(offset + length).StartsWith("-"))
        {
            return TakeBareLiteral();
        }

        return text.Substring(offset, length) switch
        {
            "null" => Take(TokenKind.Literal, length, Literal.Null),
            "true" => Take(TokenKind.Literal, length, Literal.From(true)),
            "false" => Take(TokenKind.Literal, length, Literal.From(false)),
            _ => Take(TokenKind.Word, length),
        };
    }

    /// <summary>A literal of version 3 that names its type: <c>datetime'2015-12-16T07:40:18'</c>.</summary>
    private Token TakeTypedLiteral(int typeLength)
    {
        var type = text.Substring(offset, typeLength);
        var begin = offset + typeLength + 1;
        var end = text.IndexOf('\'', begin);
        if (end < 0)
        {
            throw option.Invalid(offset + typeLength, "this quotation mark is not closed");
        }

        var value = text[begin..end];
        var literal = type switch
        {
            "datetime" or "datetimeoffset" => ParseDateTime(value.Replace(DecodedPlus, '+')),
            "guid" => ParseGuid(value),
            _ => throw option.Invalid(
                offset,
                $"there are no literals of the type {Quoted.Format(type)}; there are datetime'…', datetimeoffset'…' and guid'…'"),
        };
        return Take(
            TokenKind.Literal,
            end + 1 - offset,
            literal ?? throw option.Invalid(begin, $"{Quoted.Format(value)} is not a valid {type}; expected {DescribeForm(type)}"));
    }

    /// <summary>A number, or a GUID or a date-time in the style of version 4.</summary>
    private Token TakeBareLiteral()
    {
        var length = MeasureRun(IsLiteralCharacter, offset);
        if (TakeLiteralWithPlus(length) is { } token)
        {
            return token;
        }

        var written = text.Substring(offset, length);
        var literal = ParseGuid(written) ?? ParseDateTime(written) ?? ParseNumber(written);
        return Take(
            TokenKind.Literal,
            length,
            literal ?? throw option.Invalid(
                offset, $"{Quoted.Format(written)} is not a number, date-time or GUID; arithmetic is not supported"));
    }

    /// <summary>
    /// A date-time with a zone, or a number with an exponent, whose plus was sent unencoded: no operand follows another, so that the space
    /// can be nothing else. Null: the literal ends before the space.
    /// </summary>
    private Token? TakeLiteralWithPlus(int lengthBefore)
    {
        var space = offset + lengthBefore;
        if (space == text.Length || text[space] != DecodedPlus)
        {
            return null;
        }

        var lengthAfter = MeasureRun(IsLiteralCharacter, space + 1);
        var written = $"{text.AsSpan(offset, lengthBefore)}+{text.AsSpan(space + 1, lengthAfter)}";
        return (ParseDateTime(written) ?? ParseNumber(written)) is { } literal
            ? Take(TokenKind.Literal, written.Length, literal)
            : null;
    }

    private Token TakeString()
    {
        var begin = offset;
        var value = new StringBuilder();
        var next = begin + 1;
        while (true)
        {
            if (next == text.Length)
            {
                throw option.Invalid(begin, "this quotation mark is not closed");
            }

            if (text[next] == '\'')
            {
                next++;
                if (next == text.Length || text[next] != '\'')
                {
                    return Take(TokenKind.Literal, next - begin, new Literal(ValueKind.Text, value.ToString()));
                }
            }

            // Neither is in any stored text, and the database would take neither.
            if (text[next] == '\0')
            {
                throw option.Invalid(next, "a string must not hold U+0000");
            }

            if (!Rune.TryGetRuneAt(text, next, out var rune))
            {
                throw option.Invalid(next, "the string is not well-formed Unicode");
            }

            value.Append(text, next, rune.Utf16SequenceLength);
            next += rune.Utf16SequenceLength;
        }
    }

    private static string DescribeForm(string type) => type == "guid"
        ? "8-4-4-4-12 hexadecimal digits"
        : "yyyy-mm-ddThh:mm:ss with an optional fraction and an optional zone (Z, ±hh:mm)";

    private static Literal? ParseGuid(string written) =>
        UuidText.Parse(written) is { } guid ? new Literal(ValueKind.Guid, guid) : null;

    private static Literal? ParseDateTime(string written) =>
        ExactTime.Parse(written) is { } time ? new Literal(ValueKind.DateTime, time) : null;

    private static Literal? ParseNumber(string written) =>
        ExactNumber.Parse(written) is { } number ? new Literal(ValueKind.Number, number) : null;

    private int MeasureRun(Func<char, bool> isPart, int begin)
    {
        var end = begin;
        while (end < text.Length && isPart(text[end]))
        {
            end++;
        }

        return end - begin;
    }

    private string CharacterAt(int position) =>
        Rune.TryGetRuneAt(text, position, out var rune) ? rune.ToString() : text[position].ToString();
}

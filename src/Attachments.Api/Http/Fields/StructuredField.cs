using System.Globalization;
using System.Text.Unicode;
using Attachments.Api.Http.Media;
using Attachments.Api.Http.Paths;

namespace Attachments.Api.Http.Fields;

/// <summary>The value of an item or of a dictionary's member, as far as it is of interest here. All null: of another type.</summary>
/// <param name="Bytes">Of a byte sequence.</param>
/// <param name="Integer">Of an integer.</param>
/// <param name="Boolean">Of a boolean.</param>
internal readonly record struct StructuredValue(byte[]? Bytes = null, long? Integer = null, bool? Boolean = null);

/// <summary>Structured fields (RFC 9651): items and dictionaries.</summary>
internal static class StructuredField
{
    /// <summary>The value of an item (section 4.2.3), without its parameters. Null: <paramref name="field"/> is no item.</summary>
    /// <param name="field">All lines of the field, joined by commas; so a field that was sent twice is no item.</param>
    public static StructuredValue? ParseItem(string field)
    {
        var reader = new Reader(field.Trim(' '));
        return reader.TryReadItem(out var value) && reader.AtEnd ? value : null;
    }

    /// <summary>
    /// Each key with its value (section 4.2.2). The last member of a key counts. Null: <paramref name="field"/> is no dictionary.
    /// </summary>
    /// <param name="field">All lines of the field, joined by commas.</param>
    public static Dictionary<string, StructuredValue>? ParseDictionary(string field)
    {
        var reader = new Reader(field.Trim(' '));
        var members = new Dictionary<string, StructuredValue>(StringComparer.Ordinal);
        if (reader.AtEnd)
        {
            return members;
        }

        do
        {
            reader.SkipBlanks();
            if (!reader.TryReadMember(out var key, out var value))
            {
                return null;
            }

            members[key] = value;
            reader.SkipBlanks();
        }
        while (reader.TryTake(','));

        return reader.AtEnd ? members : null;
    }

    private ref struct Reader(ReadOnlySpan<char> rest)
    {
        private const int MaxIntegerDigits = 15;
        private const int MaxWholeDigits = 12;
        private const int MaxFractionDigits = 3;

        private ReadOnlySpan<char> rest = rest;

        public readonly bool AtEnd => rest.IsEmpty;

        private readonly char Next => rest.IsEmpty ? '\0' : rest[0];

        public void SkipBlanks() => rest = rest.TrimStart(" \t");

        public bool TryTake(char character)
        {
            if (Next != character || rest.IsEmpty)
            {
                return false;
            }

            rest = rest[1..];
            return true;
        }

        public bool TryReadItem(out StructuredValue value) => TryReadBareItem(out value) && TryReadParameters();

        public bool TryReadMember(out string key, out StructuredValue value)
        {
            value = default;
            return TryReadKey(out key)
                && (!TryTake('=') || (Next == '(' ? TryReadInnerList() : TryReadBareItem(out value)))
                && TryReadParameters();
        }

        private bool TryReadKey(out string key)
        {
            key = "";
            if (!char.IsAsciiLetterLower(Next) && Next != '*')
            {
                return false;
            }

            key = TakeWhile(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '_' or '-' or '.' or '*').ToString();
            return true;
        }

        private bool TryReadParameters()
        {
            while (TryTake(';'))
            {
                rest = rest.TrimStart(' ');
                if (!TryReadKey(out _) || (TryTake('=') && !TryReadBareItem(out _)))
                {
                    return false;
                }
            }

            return true;
        }

        private bool TryReadInnerList()
        {
            TryTake('(');
            while (true)
            {
                rest = rest.TrimStart(' ');
                if (TryTake(')'))
                {
                    return true;
                }

                if (!TryReadBareItem(out _) || !TryReadParameters() || (Next != ' ' && Next != ')'))
                {
                    return false;
                }
            }
        }

        private bool TryReadBareItem(out StructuredValue value)
        {
            value = default;
            return Next switch
            {
                ':' => TryReadBytes(out value),
                '"' => TryReadString(),
                '?' => TryReadBoolean(out value),
                '@' => TryTake('@') && TryReadNumber(integer: true, out _),
                '%' => TryReadDisplayString(),
                '-' or (>= '0' and <= '9') => TryReadNumber(integer: false, out value),
                _ => TryReadToken(),
            };
        }

        private bool TryReadBytes(out StructuredValue value)
        {
            TryTake(':');
            var end = rest.IndexOf(':');
            value = new StructuredValue(Bytes: end < 0 ? null : FromBase64(rest[..end]));
            if (value.Bytes is null)
            {
                return false;
            }

            rest = rest[(end + 1)..];
            return true;
        }

        private bool TryReadBoolean(out StructuredValue value)
        {
            TryTake('?');
            value = new StructuredValue(Boolean: Next == '1');
            return TryTake('0') || TryTake('1');
        }

        private bool TryReadString()
        {
            for (TryTake('"'); !rest.IsEmpty; rest = rest[1..])
            {
                if (TryTake('"'))
                {
                    return true;
                }

                if (TryTake('\\') && Next is not ('"' or '\\'))
                {
                    return false;
                }

                if (Next is < ' ' or > '~')
                {
                    return false;
                }
            }

            return false;
        }

        private bool TryReadDisplayString()
        {
            TryTake('%');
            if (!TryTake('"'))
            {
                return false;
            }

            var end = rest.IndexOf('"');
            if (end < 0 || rest[..end].ContainsAnyExceptInRange(' ', '~') || !IsDisplayText(rest[..end]))
            {
                return false;
            }

            rest = rest[(end + 1)..];
            return true;
        }

        private bool TryReadNumber(bool integer, out StructuredValue value)
        {
            value = default;
            var isNegative = TryTake('-');
            var digits = TakeWhile(char.IsAsciiDigit);
            var whole = digits.Length;
            if (whole is 0 or > MaxIntegerDigits)
            {
                return false;
            }

            if (integer || !TryTake('.'))
            {
                var magnitude = long.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
                value = new StructuredValue(Integer: isNegative ? -magnitude : magnitude);
                return true;
            }

            var fraction = TakeWhile(char.IsAsciiDigit).Length;
            return whole <= MaxWholeDigits && fraction is > 0 and <= MaxFractionDigits;
        }

        private bool TryReadToken()
        {
            if (!char.IsAsciiLetter(Next) && Next != '*')
            {
                return false;
            }

            TakeWhile(c => c is ':' or '/' || MediaTypes.IsToken([c]));
            return true;
        }

        private ReadOnlySpan<char> TakeWhile(Predicate<char> belongs)
        {
            var length = 0;
            while (length < rest.Length && belongs(rest[length]))
            {
                length++;
            }

            var taken = rest[..length];
            rest = rest[length..];
            return taken;
        }

        private static bool IsDisplayText(ReadOnlySpan<char> text)
        {
            for (var i = 0; i < text.Length; i++)
            {
                if (text[i] == '%' && text.Slice(i + 1, Math.Min(2, text.Length - i - 1)).ContainsAnyInRange('A', 'F'))
                {
                    return false;
                }
            }

            return PercentEncoding.TryDecode(text, out var bytes) && Utf8.IsValid(bytes);
        }

        // Section 4.2.7: missing padding and padding bits that are not zero are no reason to fail.
        private static byte[]? FromBase64(ReadOnlySpan<char> text)
        {
            var unpadded = text.TrimEnd('=');
            foreach (var character in unpadded)
            {
                if (!char.IsAsciiLetterOrDigit(character) && character is not ('+' or '/'))
                {
                    return null;
                }
            }

            var padded = unpadded.ToString().PadRight((unpadded.Length + 3) / 4 * 4, '=');
            var bytes = new byte[padded.Length];
            return Convert.TryFromBase64String(padded, bytes, out var written) ? bytes[..written] : null;
        }
    }
}

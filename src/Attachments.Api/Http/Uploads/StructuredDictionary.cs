using System.Text.Unicode;

namespace Attachments.Api.Http.Uploads;

/// <summary>Dictionaries of structured fields (RFC 9651, section 3.2), of whose members only byte sequences are of interest here.</summary>
internal static class StructuredDictionary
{
    /// <summary>
    /// Each key with its byte sequence, or with null where its value is of another type. The last member of a key counts.
    /// Null: <paramref name="field"/> is no dictionary.
    /// </summary>
    /// <param name="field">All lines of the field, joined by commas.</param>
    public static Dictionary<string, byte[]?>? Parse(string field)
    {
        var reader = new Reader(field.Trim(' '));
        var members = new Dictionary<string, byte[]?>(StringComparer.Ordinal);
        if (reader.AtEnd)
        {
            return members;
        }

        do
        {
            reader.SkipBlanks();
            if (!reader.TryReadMember(out var key, out var bytes))
            {
                return null;
            }

            members[key] = bytes;
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

        public bool TryReadMember(out string key, out byte[]? bytes)
        {
            bytes = null;
            return TryReadKey(out key)
                && (!TryTake('=') || (Next == '(' ? TryReadInnerList() : TryReadBareItem(out bytes)))
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

        private bool TryReadBareItem(out byte[]? bytes)
        {
            bytes = null;
            return Next switch
            {
                ':' => TryReadBytes(out bytes),
                '"' => TryReadString(),
                '?' => TryTake('?') && (TryTake('0') || TryTake('1')),
                '@' => TryTake('@') && TryReadNumber(integer: true),
                '%' => TryReadDisplayString(),
                '-' or (>= '0' and <= '9') => TryReadNumber(integer: false),
                _ => TryReadToken(),
            };
        }

        private bool TryReadBytes(out byte[]? bytes)
        {
            TryTake(':');
            var end = rest.IndexOf(':');
            bytes = end < 0 ? null : FromBase64(rest[..end]);
            if (bytes is null)
            {
                return false;
            }

            rest = rest[(end + 1)..];
            return true;
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

        private bool TryReadNumber(bool integer)
        {
            TryTake('-');
            var whole = TakeWhile(char.IsAsciiDigit).Length;
            if (whole == 0 || integer || !TryTake('.'))
            {
                return whole is > 0 and <= MaxIntegerDigits;
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

using Microsoft.Extensions.Primitives;

namespace Attachments.Api.Http.Downloads;

/// <summary>The part of a file that a Range header requests (RFC 9110, section 14).</summary>
internal abstract record ByteRange
{
    private const string Unit = "bytes";

    private ByteRange()
    {
    }

    /// <summary>Reads the field.</summary>
    /// <param name="field">The lines of the Range field, as received.</param>
    /// <param name="length">The length of the file, in bytes.</param>
    public static ByteRange Parse(StringValues field, long length)
    {
        // Range is not a list header, so two lines of it are not a valid value together.
        if (field.Count != 1 || RangeSet(field.ToString()) is not { } set)
        {
            return new Whole();
        }

        return OnlyRange(set) is { } range ? range.Resolve(length) : new Whole();
    }

    private static string? RangeSet(string field)
    {
        var value = field.Trim(' ', '\t');
        return value.StartsWith(Unit + "=", StringComparison.OrdinalIgnoreCase) ? value[(Unit.Length + 1)..] : null;
    }

    /// <summary>The one range of a valid set; null where the set is invalid or holds several.</summary>
    private static RangeSpec? OnlyRange(ReadOnlySpan<char> set)
    {
        RangeSpec? only = null;
        foreach (var part in set.Split(','))
        {
            var element = Trimmed(set[part], isFirst: part.Start.Value == 0);
            if (element.IsEmpty)
            {
                continue;
            }

            if (only is not null || RangeSpec.Parse(element) is not { } range)
            {
                return null;
            }

            only = range;
        }

        return only;
    }

    // White space is allowed around the commas only (section 5.6.1.2), and so not between the equals sign and the first range.
    private static ReadOnlySpan<char> Trimmed(ReadOnlySpan<char> element, bool isFirst) =>
        isFirst ? element.TrimEnd(" \t") : element.Trim(" \t");

    /// <summary>No range, one that is to be ignored, or several: the file in full.</summary>
    internal sealed record Whole : ByteRange;

    /// <summary>One range of the file.</summary>
    /// <param name="First">Offset of its first byte.</param>
    /// <param name="Last">Offset of its last byte, inclusive.</param>
    internal sealed record Part(long First, long Last) : ByteRange
    {
        /// <summary>In bytes.</summary>
        public long Length => Last - First + 1;
    }

    /// <summary>One range that contains no byte of the file.</summary>
    internal sealed record Unsatisfiable : ByteRange;
}

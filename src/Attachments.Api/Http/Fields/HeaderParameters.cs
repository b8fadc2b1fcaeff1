using System.Text;

namespace Attachments.Api.Http.Fields;

/// <summary>
/// A header of the form <c>value; name=value; name="value"</c>, read the way clients write it. The framework's own parsers hold to
/// the grammar, and so refuse an unquoted file name with a space, non-ASCII characters or an encoded word in it.
/// </summary>
/// <param name="Value">What comes before the first <c>;</c>.</param>
/// <param name="Parameters">In the order sent.</param>
internal sealed record HeaderParameters(string Value, IReadOnlyList<HeaderParameters.Parameter> Parameters)
{
    /// <summary>Parameters without <c>=</c>.</summary>
    public IReadOnlyList<string> Bare { get; private init; } = [];

    /// <summary>Null: after a quoted value comes something else than <c>;</c>, or a quotation mark is never closed.</summary>
    public static HeaderParameters? Parse(string header)
    {
        var end = header.IndexOf(';', StringComparison.Ordinal);
        if (end < 0)
        {
            return new HeaderParameters(header.Trim(), []);
        }

        var parameters = new List<Parameter>();
        var bare = new List<string>();
        for (var position = end; position < header.Length;)
        {
            // Stands on a ';' here.
            position++;
            var name = ReadName(header, ref position);
            if (position == header.Length || header[position] == ';')
            {
                bare.Add(name);
                continue;
            }

            position = SkipBlanks(header, position + 1);
            if (!TryReadValue(header, ref position, out var value, out var quoted))
            {
                return null;
            }

            parameters.Add(new Parameter(name, value, quoted));
        }

        return new HeaderParameters(header[..end].Trim(), parameters) { Bare = bare };
    }

    /// <summary>The first one of that name.</summary>
    public Parameter? Find(string name) =>
        Parameters.FirstOrDefault(parameter => parameter.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    private static string ReadName(string header, ref int position)
    {
        var start = position;
        var length = header.AsSpan(start).IndexOfAny(';', '=');
        position = length < 0 ? header.Length : start + length;
        return header[start..position].Trim();
    }

    private static bool TryReadValue(string header, ref int position, out string value, out bool quoted)
    {
        quoted = position < header.Length && header[position] == '"';
        if (quoted)
        {
            return TryReadQuoted(header, ref position, out value);
        }

        var length = header.AsSpan(position).IndexOf(';');
        value = (length < 0 ? header.AsSpan(position) : header.AsSpan(position, length)).Trim().ToString();
        position = length < 0 ? header.Length : position + length;
        return true;
    }

    private static bool TryReadQuoted(string header, ref int position, out string value)
    {
        var text = new StringBuilder();
        for (position++; position < header.Length; position++)
        {
            if (header[position] == '"')
            {
                value = text.ToString();
                position = SkipBlanks(header, position + 1);
                return position == header.Length || header[position] == ';';
            }

            if (IsEscape(header, position))
            {
                position++;
            }

            text.Append(header[position]);
        }

        value = "";
        return false;
    }

    // Only a quotation mark or a backslash is taken as escaped: old browsers send C:\pictures\cat.png as it is. A quotation mark that
    // ends the header closes the value in any case, as in "C:\pictures\".
    private static bool IsEscape(string header, int position) =>
        header[position] == '\\' && position + 1 < header.Length
        && (header[position + 1] == '\\' || (header[position + 1] == '"' && position + 2 < header.Length));

    private static int SkipBlanks(string header, int position)
    {
        while (position < header.Length && header[position] is (' ' or '\t'))
        {
            position++;
        }

        return position;
    }

    /// <param name="Name">As sent; compared without regard to case.</param>
    /// <param name="Value">Without quotation marks and escapes.</param>
    /// <param name="Quoted">Whether it was a quoted string.</param>
    internal sealed record Parameter(string Name, string Value, bool Quoted);
}

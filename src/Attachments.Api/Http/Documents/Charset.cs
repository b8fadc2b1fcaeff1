using System.Text;
using Attachments.Api.Http.Fields;
using Attachments.Application.Errors;
using Attachments.Application.Text;

namespace Attachments.Api.Http.Documents;

/// <summary>The charsets of texts (RFC 9110, section 8.3.2): all that .NET knows, and the common misspelling of one.</summary>
internal static class Charset
{
    private const string Ascii = " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~";

    private static readonly UnicodeEncoding[] Utf16 =
    [
        new(bigEndian: false, byteOrderMark: true, throwOnInvalidBytes: true),
        new(bigEndian: true, byteOrderMark: true, throwOnInvalidBytes: true),
    ];

    /// <summary>The default charset. It refuses bytes that are not well-formed, like all charsets here.</summary>
    public static Encoding Utf8 { get; } = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The charset that a Content-Type declares; null: it declares none.</summary>
    /// <exception cref="UnsupportedMediaTypeException"><c>charset_unsupported</c></exception>
    public static Encoding? DeclaredBy(string? contentType)
    {
        var parameters = HeaderParameters.Parse(contentType ?? "") ?? throw Unsupported(contentType!);
        var names = parameters.Parameters.Where(IsCharset).Select(parameter => parameter.Value);
        return names.Distinct(StringComparer.OrdinalIgnoreCase).ToList() switch
        {
            [] when !DeclaresOtherwise(parameters) => null,
            [var name] when !DeclaresOtherwise(parameters) => Named(name),
            _ => throw Unsupported(contentType!),
        };
    }

    /// <exception cref="UnsupportedMediaTypeException"><c>charset_unsupported</c></exception>
    public static Encoding Named(string name) => Find(name) ?? throw Unsupported(name);

    /// <summary>Null: it is unknown.</summary>
    public static Encoding? Find(string name)
    {
        if (name.Equals("utf8", StringComparison.OrdinalIgnoreCase) || name.Equals(Utf8.WebName, StringComparison.OrdinalIgnoreCase))
        {
            return Utf8;
        }

        try
        {
            var (encoding, decoding) = (EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
            return CodePagesEncodingProvider.Instance.GetEncoding(name, encoding, decoding)
                ?? Encoding.GetEncoding(name, encoding, decoding);
        }
        catch (Exception unknown) when (unknown is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>Refuses a charset in which a text of ASCII, as an urlencoded form is one, would not be that text.</summary>
    /// <exception cref="UnsupportedMediaTypeException"><c>charset_unsupported</c></exception>
    public static Encoding RequireAsciiCompatible(Encoding charset) =>
        TryDecode(charset, Encoding.ASCII.GetBytes(Ascii), out var text) && text == Ascii ? charset : throw Unsupported(charset.WebName);

    /// <summary>False: the bytes are not valid in that charset.</summary>
    public static bool TryDecode(Encoding charset, ReadOnlySpan<byte> bytes, out string text)
    {
        try
        {
            text = Decode(charset, bytes);
            return !text.AsSpan().ContainsAnyInRange(charset.IsSingleByte ? '\uE000' : '\uF8C0', '\uF8FE') || IsUnicode(charset);
        }
        catch (DecoderFallbackException)
        {
            text = "";
            return false;
        }
    }

    /// <summary>A byte order mark overrides the declared charset. UTF-16 without a mark is little-endian, as in .NET.</summary>
    private static string Decode(Encoding charset, ReadOnlySpan<byte> bytes)
    {
        foreach (var marked in charset is UnicodeEncoding ? Utf16 : [])
        {
            if (bytes.StartsWith(marked.Preamble))
            {
                return marked.GetString(bytes[marked.Preamble.Length..]);
            }
        }

        return charset.GetString(bytes);
    }

    private static bool IsCharset(HeaderParameters.Parameter parameter) =>
        parameter.Name.Equals("charset", StringComparison.OrdinalIgnoreCase);

    /// <summary>In a form that no charset's name needs (RFC 2231), or without a name.</summary>
    private static bool DeclaresOtherwise(HeaderParameters parameters) =>
        parameters.Parameters.Any(parameter => parameter.Name.StartsWith("charset*", StringComparison.OrdinalIgnoreCase))
        || parameters.Bare.Contains("charset", StringComparer.OrdinalIgnoreCase);

    // In Unicode charsets, private-use characters are ordinary characters. In a code page, .NET uses them for bytes that have no character.
    private static bool IsUnicode(Encoding charset) =>
        charset is UTF8Encoding or UnicodeEncoding or UTF32Encoding
            || charset.WebName.Equals("gb18030", StringComparison.OrdinalIgnoreCase);

    private static UnsupportedMediaTypeException Unsupported(string name) =>
        new("charset_unsupported", $"The charset {Quoted.Format(name)} is not supported.");
}

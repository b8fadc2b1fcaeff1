using System.Text;
using Attachments.Application.Errors;
using Attachments.Application.Text;

namespace Attachments.Api.Http.Documents;

/// <summary>
/// Decodes the texts of a form: by the charset that the text itself declares (RFC 7578, section 4.5), else by that of the form (its
/// Content-Type, or its field <c>_charset_</c> for the texts after it, section 4.6), else as UTF-8.
/// </summary>
/// <param name="charset">The charset that the form's Content-Type declares.</param>
internal sealed class FormTextDecoder(Encoding? charset)
{
    private const string CharsetField = "_charset_";

    private Encoding common = charset ?? Charset.Utf8;
    private bool hasOtherThanAscii;

    /// <param name="field">Its name.</param>
    /// <param name="bytes">As they were sent.</param>
    /// <param name="declared">The charset that the text declares itself.</param>
    /// <exception cref="InvalidRequestException">
    /// <c>field_not_utf8</c>, <c>field_not_in_charset</c>: it is not of the charset. <c>charset_late</c>: texts were decoded already that
    /// the field <c>_charset_</c> says something else of.
    /// </exception>
    /// <exception cref="UnsupportedMediaTypeException"><c>charset_unsupported</c></exception>
    public string Decode(string field, ReadOnlySpan<byte> bytes, Encoding? declared = null)
    {
        var encoding = declared ?? common;
        if (!Charset.TryDecode(encoding, bytes, out var text))
        {
            throw NotInCharset(encoding, field);
        }

        hasOtherThanAscii |= declared is null && !Ascii.IsValid(bytes);
        if (field == CharsetField)
        {
            SetCharset(Charset.RequireAsciiCompatible(Charset.Named(text)));
        }

        return text;
    }

    private void SetCharset(Encoding named)
    {
        if (hasOtherThanAscii && named.CodePage != common.CodePage)
        {
            throw new InvalidRequestException("charset_late", $"The field {CharsetField} comes after a text field that it applies to.");
        }

        common = named;
    }

    private static InvalidRequestException NotInCharset(Encoding encoding, string field)
    {
        var isUtf8 = encoding.CodePage == Charset.Utf8.CodePage;
        var detail = $"The field {Quoted.Format(field)} is not well-formed {(isUtf8 ? "UTF-8" : encoding.WebName)}.";
        return new InvalidRequestException(
            isUtf8 ? "field_not_utf8" : "field_not_in_charset", detail, new Dictionary<string, string[]> { [field] = [detail] });
    }
}

using System.Text;
using Attachments.Domain.Content;

namespace Attachments.Application.Previews;

/// <summary>The name of a preview: that of the file, with the extension of a JPEG.</summary>
public static class PreviewName
{
    private const string Extension = ".jpg";

    public static FileName For(FileName file)
    {
        var dot = file.Value.LastIndexOf('.');
        var stem = dot > 0 ? file.Value[..dot] : file.Value;
        while (Encoding.UTF8.GetByteCount(stem) > FileName.MaxBytes - Extension.Length)
        {
            stem = stem[..^(char.IsLowSurrogate(stem[^1]) ? 2 : 1)];
        }

        return FileName.FromStored(stem + Extension);
    }
}

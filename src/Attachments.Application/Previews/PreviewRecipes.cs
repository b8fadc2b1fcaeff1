using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Attachments.Application.Previews;

/// <summary>Names what decides on the bytes of a preview, apart from the image.</summary>
public static class PreviewRecipes
{
    /// <summary>To be raised when previews are made in another way.</summary>
    private const int Version = 1;

    private const int Bytes = 16;

    /// <param name="engine">The name and version of what decodes.</param>
    /// <param name="preset">The size.</param>
    public static string Create(string engine, PreviewPreset preset)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{Version} {engine} {preset.Width}x{preset.Height} {preset.Fit}");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, Bytes));
    }
}

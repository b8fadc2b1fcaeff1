using System.Collections.Frozen;

namespace Attachments.Api.Http.Media;

/// <summary>The media types that the extensions of file names stand for, most of them as registered at IANA.</summary>
internal static class ExtensionTypes
{
    private static readonly Lazy<FrozenDictionary<string, string>> Types = new(Read);

    /// <summary>Finds the media type by the extension, regardless of case; null if there is none or it is unknown.</summary>
    public static string? Find(string fileName)
    {
        var dot = fileName.LastIndexOf('.');
        return dot < 0 ? null : Types.Value.GetValueOrDefault(fileName[(dot + 1)..]);
    }

    /// <summary>Each line is a media type and its extensions.</summary>
    private static FrozenDictionary<string, string> Read()
    {
        using var lines = new StreamReader(typeof(ExtensionTypes).Assembly.GetManifestResourceStream("extensions.txt")!);
        return lines.ReadToEnd()
            .Split('\n')
            .Where(line => !line.StartsWith('#'))
            .Select(line => line.Split(' '))
            .SelectMany(line => line.Skip(1), (line, extension) => KeyValuePair.Create(extension, line[0]))
            .ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }
}

using System.Globalization;
using System.Text;

namespace Attachments.Application.Archives;

/// <summary>
/// Gives files names that every system can unpack: no path but the folder, no character or name that Windows does not have, and no two
/// that differ by case only.
/// </summary>
public sealed class ArchiveNames
{
    /// <summary>The maximum length of a file's or a folder's name in bytes of UTF-8.</summary>
    public const int MaxBytes = 200;

    /// <summary>An extension longer than this is a part of the name that may be cut.</summary>
    private const int MaxExtensionBytes = 100;

    private const string Forbidden = "/\\:*?\"<>|";

    private static readonly HashSet<string> Reserved = new(
        [
            "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "COM¹", "COM²", "COM³", "LPT¹", "LPT²", "LPT³",
            .. Enumerable.Range(0, 10).SelectMany(number => new[] { $"COM{number}", $"LPT{number}" }),
        ],
        StringComparer.OrdinalIgnoreCase);

    private readonly Dictionary<string, int> taken = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> folders = new(StringComparer.Ordinal);

    /// <summary>The path of a file in the archive.</summary>
    /// <param name="folder">The folder that the file is in; empty for none.</param>
    /// <param name="name">Its name.</param>
    public string Add(string folder, string name)
    {
        if (folder.Length == 0)
        {
            return Take("", name);
        }

        if (!folders.TryGetValue(folder, out var path))
        {
            path = Take("", folder) + "/";
            folders.Add(folder, path);
        }

        return path + Take(path, name);
    }

    /// <summary>A name without anything that some system cannot have in one.</summary>
    public static string Clean(string name)
    {
        var clean = new StringBuilder(name.Length);
        foreach (var character in name.Normalize(NormalizationForm.FormC))
        {
            clean.Append(char.IsControl(character) || Forbidden.Contains(character, StringComparison.Ordinal) ? '_' : character);
        }

        var trimmed = clean.ToString().TrimEnd('.', ' ');
        var stem = trimmed.Split('.')[0].TrimEnd(' ');
        return Cut(trimmed.Length == 0 ? "_" : Reserved.Contains(stem) ? $"_{trimmed}" : trimmed, suffix: "");
    }

    /// <summary>Orders texts by code point. UTF-16 would put U+FFFD behind what is beyond it.</summary>
    public static int CompareByCodePoint(string one, string other)
    {
        var length = Math.Min(one.Length, other.Length);
        for (var i = 0; i < length; i++)
        {
            var (left, right) = (one[i], other[i]);
            if (left != right)
            {
                return char.IsSurrogate(left) == char.IsSurrogate(right) ? left.CompareTo(right) : char.IsSurrogate(left) ? 1 : -1;
            }
        }

        return one.Length.CompareTo(other.Length);
    }

    /// <summary>The first of several that become equal keeps its name, the next ones get a number.</summary>
    private string Take(string folder, string name)
    {
        var clean = Clean(name);
        if (taken.TryAdd(folder + clean, 2))
        {
            return clean;
        }

        for (var number = taken[folder + clean]; ; number++)
        {
            var numbered = Cut(clean, string.Create(CultureInfo.InvariantCulture, $" ({number})"));
            if (taken.TryAdd(folder + numbered, 2))
            {
                taken[folder + clean] = number + 1;
                return numbered;
            }
        }
    }

    /// <summary>Adds a suffix before the extension, and shortens what is before it as far as it must be.</summary>
    private static string Cut(string name, string suffix)
    {
        var extension = GetExtension(name);
        var stem = name[..^extension.Length];
        var allowed = MaxBytes - Encoding.UTF8.GetByteCount(suffix) - Encoding.UTF8.GetByteCount(extension);
        if (Encoding.UTF8.GetByteCount(stem) > allowed)
        {
            stem = Shorten(stem, allowed);
        }

        return stem + suffix + extension;
    }

    private static string GetExtension(string name)
    {
        var dot = name.LastIndexOf('.');
        return dot > 0 && Encoding.UTF8.GetByteCount(name.AsSpan(dot)) <= MaxExtensionBytes ? name[dot..] : "";
    }

    private static string Shorten(string text, int maximum)
    {
        var (length, bytes) = (0, 0);
        foreach (var rune in text.EnumerateRunes())
        {
            if (bytes + rune.Utf8SequenceLength > maximum)
            {
                break;
            }

            bytes += rune.Utf8SequenceLength;
            length += rune.Utf16SequenceLength;
        }

        return text[..length].TrimEnd('.', ' ');
    }
}

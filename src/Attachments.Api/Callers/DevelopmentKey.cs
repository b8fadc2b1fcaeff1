using System.Security.Cryptography;
using Attachments.Application.Common;

namespace Attachments.Api.Callers;

/// <summary>
/// The key that signs tokens in Development where none is configured: random, made once, and kept in the data directory,
/// so that tokens survive a restart and the verb that makes them knows the same key.
/// </summary>
internal static class DevelopmentKey
{
    private const string FileName = "signing-key";
    private const string DefaultName = "attachments";

    /// <summary>The settings that a development service lacks; empty when it has a key or an authority of its own.</summary>
    public static Dictionary<string, string?> MissingSettings(BearerSettings settings, string dataDirectory)
    {
        var missing = new Dictionary<string, string?>();
        if (settings.Authority is not null || settings.Keys.Count > 0)
        {
            return missing;
        }

        var issuer = settings.Issuers.Count > 0 ? settings.Issuers[0] : DefaultName;
        if (settings.Issuers.Count == 0)
        {
            missing[$"{BearerSettings.Section}:ValidIssuer"] = issuer;
        }

        if (settings.Audiences.Count == 0)
        {
            missing[$"{BearerSettings.Section}:ValidAudience"] = DefaultName;
        }

        missing[$"{BearerSettings.Section}:SigningKeys:0:Issuer"] = issuer;
        missing[$"{BearerSettings.Section}:SigningKeys:0:Value"] = Convert.ToBase64String(ReadOrMake(dataDirectory));
        return missing;
    }

    /// <summary>The key in <paramref name="directory"/>, which is made with it where it is missing.</summary>
    /// <exception cref="ConfigurationException">The file holds something else, or cannot be read or written.</exception>
    public static byte[] ReadOrMake(string directory)
    {
        var path = Path.Combine(Path.GetFullPath(directory), FileName);
        try
        {
            return Parse(path, File.Exists(path) ? File.ReadAllText(path) : Make(path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"The development signing key {path} is not accessible: {exception.Message}");
        }
    }

    private static byte[] Parse(string path, string text)
    {
        var key = new byte[text.Length];
        return Convert.TryFromBase64String(text, key, out var length) && length >= BearerSettings.MinKeyBytes
            ? key[..length]
            : throw new ConfigurationException($"{path} holds no signing key; delete it and a new one is made.");
    }

    // Written aside and moved into place, so that nobody ever reads half a key; and never over another's, so that of two processes
    // that start at once both end with the same one.
    private static string Make(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var draft = $"{path}.{Guid.NewGuid():N}";
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(BearerSettings.MinKeyBytes));
        try
        {
            WriteForOwnerOnly(draft, key);
            File.Move(draft, path, overwrite: false);
            return key;
        }
        catch (IOException) when (File.Exists(path))
        {
            return File.ReadAllText(path);
        }
        finally
        {
            File.Delete(draft);
        }
    }

    private static void WriteForOwnerOnly(string path, string text)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var file = new FileStream(path, options);
        using var writer = new StreamWriter(file, leaveOpen: true);
        writer.Write(text);
        writer.Flush();
        file.Flush(flushToDisk: true);
    }
}

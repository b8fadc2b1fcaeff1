using System.Security.Cryptography;
using System.Text;
using Attachments.Application.Errors;

namespace Attachments.Api.Callers;

/// <summary>
/// The key that signs tokens in Development if none is configured. It is random, created once, and stored in the data directory, so that
/// tokens survive a restart and the command that signs them uses the same key.
/// </summary>
internal static class DevelopmentKey
{
    private const string FileName = "signing-key";
    private const string DefaultName = "attachments";

    private const int MaxAttempts = 100;
    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromMilliseconds(20);

    /// <summary>The missing settings of a development service; empty if it has its own key or authority.</summary>
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
        missing[$"{BearerSettings.Section}:SigningKeys:0:Value"] = Convert.ToBase64String(ReadOrCreate(dataDirectory));
        return missing;
    }

    /// <summary>Returns the key in <paramref name="directory"/>; creates both if they do not exist.</summary>
    /// <exception cref="ConfigurationException">The file contains something else, or cannot be read or written.</exception>
    public static byte[] ReadOrCreate(string directory)
    {
        var path = Path.Combine(Path.GetFullPath(directory), FileName);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using var file = OpenExclusively(path);
            return file.Length == 0 ? Create(file) : Read(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"The development signing key {path} is not accessible: {exception.Message}");
        }
    }

    private static byte[] Read(FileStream file)
    {
        using var reader = new StreamReader(file);
        var text = reader.ReadToEnd();
        var key = new byte[text.Length];
        return Convert.TryFromBase64String(text, key, out var length) && length >= BearerSettings.MinKeyBytes
            ? key[..length]
            : throw new ConfigurationException($"{file.Name} does not contain a signing key; delete it, and a new one will be created.");
    }

    private static byte[] Create(FileStream file)
    {
        var key = RandomNumberGenerator.GetBytes(BearerSettings.MinKeyBytes);
        file.Write(Encoding.ASCII.GetBytes(Convert.ToBase64String(key)));
        file.Flush(flushToDisk: true);
        return key;
    }

    /// <summary>
    /// Opens the file exclusively. If several processes start at once, the first creates the key and the others read it.
    /// </summary>
    private static FileStream OpenExclusively(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return new FileStream(path, options);
            }
            catch (IOException) when (attempt < MaxAttempts && File.Exists(path))
            {
                Thread.Sleep(BetweenAttempts);
            }
        }
    }
}

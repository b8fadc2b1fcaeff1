using System.Globalization;

namespace Attachments.CrashTests;

/// <summary>What a run by hand is told by the environment.</summary>
internal static class Variables
{
    public static int Number(string name, int otherwise) => Number(name) ?? otherwise;

    /// <summary>Null: it is not told.</summary>
    public static int? Number(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}

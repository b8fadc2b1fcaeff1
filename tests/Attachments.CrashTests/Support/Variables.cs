using System.Globalization;

namespace Attachments.CrashTests;

/// <summary>What a run by hand is told by the environment.</summary>
internal static class Variables
{
    public static int Number(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}

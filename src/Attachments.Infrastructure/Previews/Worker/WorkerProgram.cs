using System.Reflection;
using System.Runtime.InteropServices;

namespace Attachments.Infrastructure.Previews.Worker;

/// <summary>How this program is executed once more: by the <c>dotnet</c> of the running runtime where there is one, else by itself.</summary>
internal static class WorkerProgram
{
    private static readonly string[] Suffixes = [".dll", ".so", ".deps.json", ".runtimeconfig.json"];

    /// <summary>The directory of the runtime, with all its frameworks.</summary>
    public static string RuntimeDirectory { get; } = FindRuntimeDirectory();

    /// <summary>The program and its first arguments, of the process that runs.</summary>
    public static (string Program, string[] Arguments) Current => For(Assembly.GetEntryAssembly()!.Location);

    /// <summary>The program and its first arguments.</summary>
    /// <param name="assembly">The path of the assembly that is executed.</param>
    public static (string Program, string[] Arguments) For(string assembly)
    {
        var host = Path.Combine(RuntimeDirectory, "dotnet");
        return File.Exists(host) ? (host, [assembly]) : (Environment.ProcessPath!, []);
    }

    /// <summary>
    /// The files and directories that it is made of. Not all that is beside it: there may be settings with passwords.
    /// </summary>
    public static IEnumerable<string> FindFiles()
    {
        var files = Directory.EnumerateFiles(AppContext.BaseDirectory)
            .Where(file => Suffixes.Any(suffix => file.EndsWith(suffix, StringComparison.Ordinal)))
            .Append(Environment.ProcessPath!)
            .Append(Path.Combine(AppContext.BaseDirectory, "libvips"));
        return Path.TrimEndingDirectorySeparator(RuntimeDirectory) == Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)
            ? files
            : files.Append(RuntimeDirectory);
    }

    private static string FindRuntimeDirectory()
    {
        // …/shared/Microsoft.NETCore.App/10.0.0/, or the program's own directory if it brings the runtime with it.
        var directory = RuntimeEnvironment.GetRuntimeDirectory();
        var root = Path.GetFullPath(Path.Combine(directory, "..", "..", ".."));
        return File.Exists(Path.Combine(root, "dotnet")) ? root : directory;
    }
}

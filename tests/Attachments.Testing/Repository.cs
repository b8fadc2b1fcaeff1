namespace Attachments.Testing;

/// <summary>The files of this repository that are no source, such as its documents.</summary>
public static class Repository
{
    private static readonly Lazy<string> Root = new(FindRoot);

    /// <param name="path">From the root of the repository.</param>
    public static string Find(string path) => Path.Combine(Root.Value, path);

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Attachments.sln")))
        {
            directory = directory.Parent ?? throw new InvalidOperationException("The tests run outside the repository.");
        }

        return directory.FullName;
    }
}

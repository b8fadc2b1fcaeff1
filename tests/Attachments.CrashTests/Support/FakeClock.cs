namespace Attachments.CrashTests;

/// <summary>
/// A clock that is a process's alone, and can be moved while that runs (libfaketime). What it measures time by stays as it is.
/// </summary>
internal sealed class FakeClock : IDisposable
{
    private const string Library = "libfaketimeMT.so.1";

    private readonly string file = Path.GetTempFileName();

    public FakeClock() => Move("+0d");

    /// <summary>The environment of the process.</summary>
    public IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>
    {
        ["LD_PRELOAD"] = Find(),
        ["FAKETIME_TIMESTAMP_FILE"] = file,
        ["FAKETIME_CACHE_DURATION"] = "1",
        ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
        // The runtime waits by the monotonic clock. What the library does about an old fault of glibc ends each of these waits at once.
        ["FAKETIME_FORCE_MONOTONIC_FIX"] = "0",
    };

    /// <summary>The process sees it a second later.</summary>
    /// <param name="by">From the right time: <c>+400d</c>.</param>
    public void Move(string by)
    {
        // At once, since it may be read at any moment.
        File.WriteAllText($"{file}.next", by);
        File.Move($"{file}.next", file, overwrite: true);
    }

    public void Dispose() => File.Delete(file);

    private static string Find()
    {
        var found = Directory.Exists("/usr/lib") ? Directory.EnumerateDirectories("/usr/lib", "*-linux-*")
            .Select(directory => Path.Combine(directory, "faketime", Library)).FirstOrDefault(File.Exists) : null;
        if (found is null)
        {
            const string Missing = "libfaketime is not there: apt-get install libfaketime";
            if (Environment.GetEnvironmentVariable("CI") == "true")
            {
                Assert.Fail(Missing);
            }

            Assert.Ignore(Missing);
        }

        return found!;
    }
}

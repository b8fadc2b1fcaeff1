using System.Diagnostics;

namespace Attachments.CrashTests;

/// <summary>A file system of a few megabytes, in memory, that can be filled. Mounting one takes root on Linux.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private readonly string path;

    private SmallDisk(string path) => this.path = path;

    private string Filler => Path.Combine(path, "filler");

    public static async Task<SmallDisk> Mount(int megabytes)
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root")
        {
            Assert.Ignore("Only root can mount a small file system.");
        }

        var path = System.IO.Directory.CreateTempSubdirectory("attachments-disk-").FullName;
        await Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m,mode=0755", "tmpfs", path);
        return new SmallDisk(path);
    }

    /// <summary>A new directory on it.</summary>
    public string Directory(string name) => System.IO.Directory.CreateDirectory(Path.Combine(path, name)).FullName;

    /// <summary>Fills it up.</summary>
    /// <param name="leave">Bytes that stay free.</param>
    public void Fill(long leave)
    {
        using var filler = File.Create(Filler);
        var chunk = new byte[64 * 1024];
        for (var free = new DriveInfo(path).AvailableFreeSpace; free > leave; free -= chunk.Length)
        {
            filler.Write(chunk);
        }
    }

    /// <summary>Gives back what <see cref="Fill"/> has taken.</summary>
    public void Empty() => File.Delete(Filler);

    public async ValueTask DisposeAsync()
    {
        await Run("umount", "--lazy", path);
        System.IO.Directory.Delete(path);
    }

    private static async Task Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, $"{program} {string.Join(' ', arguments)}");
    }
}

using System.Diagnostics;

namespace Attachments.ProcessTests;

/// <summary>The program md5sum, fed as bytes come.</summary>
internal sealed class Md5Sum : IDisposable
{
    private readonly Process process;

    public Md5Sum()
    {
        process = Process.Start(new ProcessStartInfo("md5sum") { RedirectStandardInput = true, RedirectStandardOutput = true })!;
    }

    public Stream Input => process.StandardInput.BaseStream;

    public static async Task<string> Compute(string file)
    {
        using var sum = new Md5Sum();
        await using var content = File.OpenRead(file);
        await content.CopyToAsync(sum.Input);
        return await sum.Finish();
    }

    /// <summary>Its answer to all that was written: the digest in lower-case hex.</summary>
    public async Task<string> Finish()
    {
        process.StandardInput.Close();
        var line = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return line.Split(' ')[0];
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill();
        }

        process.Dispose();
    }
}

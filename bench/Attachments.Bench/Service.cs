using System.Diagnostics;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace Attachments.Bench;

/// <summary>The service in a process of its own, in Production, with its log in a file.</summary>
internal sealed partial class Service : IAsyncDisposable
{
    private static readonly string Key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
    private static readonly string LinkKey = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    private readonly Process process;

    private Service(Process process, Uri address, string token)
    {
        this.process = process;
        Address = address;
        Token = token;
        Client = new HttpClient
        {
            BaseAddress = address,
            Timeout = TimeSpan.FromMinutes(10),
            DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
        };
    }

    public Uri Address { get; }

    public string Token { get; }

    public HttpClient Client { get; }

    public int ProcessId => process.Id;

    /// <param name="directory">Where its log may be.</param>
    /// <param name="database">Its connection string; the schema is there.</param>
    /// <param name="settings">More of them.</param>
    public static async Task<Service> Start(string directory, string database, params (string Name, string Value)[] settings)
    {
        var token = (await Verb(database, "token", "--sub", "bench", "--admin", "--expires", "1d")).Trim();
        var log = Path.Combine(directory, "service.log");
        File.Delete(log);
        var process = Programs.Start(
            "sh", ["-c", "exec dotnet \"$0\" >\"$1\" 2>&1", Program, log], [.. Environment(database), .. settings]);
        try
        {
            return new Service(process, await Listening(process, log), token);
        }
        catch
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    /// <summary>Runs a verb, and returns what it printed.</summary>
    public static Task<string> Verb(string database, params string[] arguments) =>
        Programs.Run("dotnet", [Program, .. arguments], Environment(database));

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        using (process)
        {
            await Programs.Run("kill", [$"{process.Id}"]);
            await process.WaitForExitAsync();
        }
    }

    private static string Program => Path.Combine(AppContext.BaseDirectory, "Attachments.Api.dll");

    private static (string Name, string Value)[] Environment(string database) =>
    [
        ("ASPNETCORE_ENVIRONMENT", "Production"),
        ("URLS", "http://127.0.0.1:0"),
        ("ConnectionStrings__Attachments", database),
        ("Authentication__Schemes__Bearer__ValidIssuer", "bench"),
        ("Authentication__Schemes__Bearer__ValidAudience", "bench"),
        ("Authentication__Schemes__Bearer__SigningKeys__0__Issuer", "bench"),
        ("Authentication__Schemes__Bearer__SigningKeys__0__Value", Key),
        ("Links__Keys__0__Id", "bench"),
        ("Links__Keys__0__Value", LinkKey),
    ];

    private static async Task<Uri> Listening(Process process, string log)
    {
        for (; ; await Task.Delay(TimeSpan.FromMilliseconds(2)))
        {
            var text = File.Exists(log) ? await ReadShared(log) : "";
            if (ListeningLine().Match(text) is { Success: true } found)
            {
                return new Uri(found.Groups[1].Value);
            }

            if (process.HasExited)
            {
                throw new InvalidOperationException($"The service did not start:\n{text}");
            }
        }
    }

    private static async Task<string> ReadShared(string path)
    {
        await using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }

    [GeneratedRegex(@"Now listening on: \W*(http://[^\s""\\]+)")]
    private static partial Regex ListeningLine();
}

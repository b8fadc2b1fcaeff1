using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Attachments.ProcessTests.RealClients;

/// <summary>The receiver in Node that docs/webhooks.md shows, with the npm library that verifies.</summary>
internal sealed partial class StandardWebhooksTests
{
    private static readonly ClientProgram Node = new("node", "nodejs", IsInstalledByCi: true);
    private static readonly ClientProgram Npm = new("npm", "npm", IsInstalledByCi: true) { UsesHome = true };

    private readonly List<string> output = [];
    private string directory = "";
    private Service service = null!;
    private Process receiver = null!;
    private string webhook = "";

    [OneTimeSetUp]
    public async Task Start()
    {
        Node.Require();
        Npm.Require();
        directory = Directory.CreateTempSubdirectory("attachments-webhooks-").FullName;
        foreach (var file in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "RealClients", "standardwebhooks")))
        {
            File.Copy(file, Path.Combine(directory, Path.GetFileName(file)));
        }

        await Npm.Run(directory, "ci", "--no-audit", "--no-fund");
        var port = FindFreePort();
        service = await Service.Start(ServiceSettings.Complete(await Service.CreateMigrated())
            .With("ASPNETCORE_ENVIRONMENT", "Development")
            .With("Webhooks:AllowedNetworks", "127.0.0.0/8")
            .With("Webhooks:AllowedPorts", $"{port}"));
        var made = await Post("/v1/webhooks", new { url = $"http://127.0.0.1:{port}/hook", types = (string[])["session.attachment.stored"] });
        webhook = $"/v1/webhooks/{made["id"]}";
        await StartReceiver(port, (string)made["secret"]!);
        await service.CreateSession("s");
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (receiver is not null)
        {
            receiver.Kill();
            receiver.Dispose();
        }

        if (service is not null)
        {
            await service.DisposeAsync();
        }

        if (directory.Length > 0)
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Test]
    public async Task Verifies_a_change_and_after_a_rotation_too()
    {
        await service.Put("s", "before", new ByteArrayContent([1]));
        await ShouldReceive("before");
        await Post($"{webhook}/rotate", new { });
        await service.Put("s", "after", new ByteArrayContent([2]));
        await ShouldReceive("after");
    }

    private async Task ShouldReceive(string point)
    {
        await Eventually.Holds(
            () =>
            {
                lock (output)
                {
                    return Task.FromResult(output.Exists(line => line.EndsWith($"session.attachment.stored {Service.GetPath("s", point)}", StringComparison.Ordinal)));
                }
            },
            $"the receiver has verified the change of {point}");
        await Eventually.Holds(
            async () => JsonNode.Parse(await service.Client.GetStringAsync($"{webhook}/deliveries"))!["deliveries"]!.AsArray()
                .All(delivery => (string)delivery!["state"]! == "delivered"),
            "all have been delivered");
    }

    private async Task StartReceiver(int port, string secret)
    {
        await File.WriteAllTextAsync(Path.Combine(directory, "receive.mjs"), Shown().Match(await File.ReadAllTextAsync(Repository.Find("docs/webhooks.md"))).Groups["code"].Value);
        await File.WriteAllTextAsync(Path.Combine(directory, ".env"), $"WEBHOOK_SECRET={secret}\nPORT={port}\n");
        receiver = Node.Start(directory, "--env-file=.env", "receive.mjs");
        receiver.OutputDataReceived += (_, line) =>
        {
            lock (output)
            {
                output.Add(line.Data ?? "");
            }
        };
        receiver.BeginOutputReadLine();
        await Eventually.Holds(() => IsListening(port), "the receiver listens");
    }

    private async Task<JsonNode> Post(string path, object body)
    {
        using var answer = await service.Client.PostAsJsonAsync(path, body);
        var text = await answer.Content.ReadAsStringAsync();
        answer.IsSuccessStatusCode.ShouldBeTrue(text);
        return JsonNode.Parse(text)!;
    }

    private static async Task<bool> IsListening(int port)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int FindFreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [GeneratedRegex("```js\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Shown();
}

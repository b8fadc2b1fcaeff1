using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Attachments.Bench;

/// <summary>nginx, as it serves files of a directory best: by sendfile, without an access log, a worker for each core.</summary>
internal sealed class Nginx : IAsyncDisposable
{
    private readonly Process process;

    private Nginx(Process process, Uri address)
    {
        this.process = process;
        Address = address;
    }

    public Uri Address { get; }

    /// <param name="directory">Where its files may be.</param>
    /// <param name="content">What it serves.</param>
    public static async Task<Nginx> Start(string directory, string content)
    {
        var port = FreePort();
        var configuration = Path.Combine(directory, "nginx.conf");
        await File.WriteAllTextAsync(configuration,
            $$"""
            daemon off;
            user root;
            worker_processes auto;
            pid {{directory}}/nginx.pid;
            error_log {{directory}}/nginx.log;
            events { worker_connections 1024; }
            http {
                access_log off;
                sendfile on;
                tcp_nopush on;
                keepalive_requests 1000000000;
                open_file_cache max=1000;
                client_body_temp_path {{directory}}/nginx-body;
                proxy_temp_path {{directory}}/nginx-proxy;
                fastcgi_temp_path {{directory}}/nginx-fastcgi;
                uwsgi_temp_path {{directory}}/nginx-uwsgi;
                scgi_temp_path {{directory}}/nginx-scgi;
                server {
                    listen 127.0.0.1:{{port}};
                    root {{content}};
                }
            }
            """);
        var process = Programs.Start("nginx", ["-e", $"{directory}/nginx.log", "-c", configuration]);
        var nginx = new Nginx(process, new Uri($"http://127.0.0.1:{port}"));
        await nginx.UntilItAnswers();
        return nginx;
    }

    public async ValueTask DisposeAsync()
    {
        using (process)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }
    }

    private async Task UntilItAnswers()
    {
        using var client = new HttpClient();
        for (; ; await Task.Delay(TimeSpan.FromMilliseconds(20)))
        {
            if (process.HasExited)
            {
                throw new InvalidOperationException($"nginx did not start: {await process.StandardError.ReadToEndAsync()}");
            }

            try
            {
                using var answer = await client.GetAsync(Address);
                return;
            }
            catch (HttpRequestException)
            {
                // Not yet.
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

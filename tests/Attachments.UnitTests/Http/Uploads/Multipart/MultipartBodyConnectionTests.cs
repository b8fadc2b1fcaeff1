using System.Text;
using Attachments.Api.Http.Uploads.Multipart;
using Attachments.Application.Errors;
using Attachments.Application.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;

namespace Attachments.UnitTests.Http.Uploads.Multipart;

public sealed class MultipartBodyConnectionTests
{
    [TestCase("Content-Length: 100000", "", false)]
    [TestCase("Content-Length: 100000", "", true)]
    [TestCase("Transfer-Encoding: chunked", "ffff\r\n", false)]
    [TestCase("Transfer-Encoding: chunked", "ffff\r\n", true)]
    public async Task A_client_that_goes_away_is_no_broken_body(string framing, string chunk, bool reset)
    {
        var begun = new TaskCompletionSource();
        var outcome = new TaskCompletionSource<Exception?>();
        await using var server = await LoopbackServer.Start(app => app.Run(async context =>
        {
            try
            {
                await foreach (var part in MultipartBody.Read(
                    context.Request, new LimitsOptions(), new MultipartForm(MaxFiles: 1), context.RequestAborted))
                {
                    begun.TrySetResult();
                    await ((FilePart)part).Open().Content.CopyToAsync(Stream.Null, context.RequestAborted);
                }

                outcome.TrySetResult(null);
            }
            catch (Exception fault)
            {
                begun.TrySetResult();
                outcome.TrySetResult(fault);
            }
        }));

        using var client = await server.Connect();
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            $"POST / HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\n{framing}\r\n\r\n{chunk}"
            + $"--b\r\nContent-Disposition: form-data; name=a; filename=f\r\n\r\n{new string('x', 1000)}"));
        await begun.Task;
        client.LingerState = new System.Net.Sockets.LingerOption(reset, 0);
        client.Close();

        var fault = await outcome.Task;
        (fault is BadHttpRequestException or ConnectionResetException or OperationCanceledException).ShouldBeTrue($"{fault}");
    }

    [Test]
    public async Task A_multipart_body_that_ends_early_within_a_whole_request_is_broken()
    {
        await using var server = await LoopbackServer.Start(app => app.Run(async context =>
        {
            var fault = await Should.ThrowAsync<InvalidRequestException>(async () =>
            {
                await foreach (var part in MultipartBody.Read(
                    context.Request, new LimitsOptions(), new MultipartForm(MaxFiles: 1), context.RequestAborted))
                {
                    await ((FilePart)part).Open().Content.CopyToAsync(Stream.Null, context.RequestAborted);
                }
            });
            await context.Response.WriteAsync(fault.Code);
        }));

        using var client = await server.Connect();
        var body = "--b\r\nContent-Disposition: form-data; name=a; filename=f\r\n\r\nxyz";
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: multipart/form-data; boundary=b\r\n"
            + $"Content-Length: {body.Length}\r\n\r\n{body}"));
        using var reader = new StreamReader(client.GetStream());

        (await reader.ReadToEndAsync()).ShouldContain("multipart_invalid");
    }
}

using System.IO.Pipelines;
using Attachments.Api.Http.CleartextHttp2;
using Microsoft.AspNetCore.Connections;

namespace Attachments.UnitTests.Http.CleartextHttp2;

public sealed class ConnectionHandoverTests
{
    [Test]
    public async Task A_connection_that_is_reset_before_its_first_byte_is_at_its_end()
    {
        var (input, output) = (new Pipe(), new Pipe());
        await input.Writer.CompleteAsync(new ConnectionResetException("The peer went away."));
        await using var connection = new DefaultConnectionContext("reset", new Transport(input.Reader, output.Writer), null!);
        await new ConnectionHandover().Dispatch(
            connection, Timeout.InfiniteTimeSpan, _ => throw new InvalidOperationException("There is nothing to be served."));
    }

    private sealed record Transport(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}

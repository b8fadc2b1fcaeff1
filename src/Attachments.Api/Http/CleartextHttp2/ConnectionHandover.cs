using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Attachments.Api.Http.CleartextHttp2;

/// <summary>Passes connections from the server that accepts them to the one that serves HTTP/2, as its transport.</summary>
internal sealed class ConnectionHandover : IConnectionListenerFactory, IConnectionListener
{
    private readonly Channel<ConnectionContext> connections = Channel.CreateUnbounded<ConnectionContext>();

    public EndPoint EndPoint { get; } = new InProcessEndPoint();

    /// <summary>Hands a connection over that begins with HTTP/2's preface, and any other to <paramref name="next"/>.</summary>
    /// <param name="connection">Of which nothing has been read.</param>
    /// <param name="timeout">How long it may be silent before it is closed.</param>
    /// <param name="next">Serves HTTP/1.1.</param>
    /// <returns>The end of the connection.</returns>
    public async Task Dispatch(ConnectionContext connection, TimeSpan timeout, ConnectionDelegate next)
    {
        if (await IsHttp2(connection, timeout) is not { } isHttp2)
        {
            return;
        }

        await (isHttp2 ? HandOver(connection) : next(connection));
    }

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) => new(this);

    /// <summary>Null: there will be no more.</summary>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
        await connections.Reader.WaitToReadAsync(cancellationToken) && connections.Reader.TryRead(out var connection) ? connection : null;

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        connections.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => UnbindAsync();

    /// <summary>Null: the client said nothing before its time, or the server's, was up, or before it went away.</summary>
    private static async Task<bool?> IsHttp2(ConnectionContext connection, TimeSpan timeout)
    {
        var stopping = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? default;
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        silence.CancelAfter(timeout);
        try
        {
            return await Http2Preface.IsNext(connection.Transport.Input, silence.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or ConnectionResetException)
        {
            return null;
        }
    }

    private Task HandOver(ConnectionContext connection)
    {
        var handed = new HandedConnection(connection);
        return connections.Writer.TryWrite(handed) ? handed.Ended : Task.CompletedTask;
    }

    /// <summary>No address: connections come from within this process.</summary>
    private sealed class InProcessEndPoint : EndPoint
    {
        public override string ToString() => "http2-with-prior-knowledge";
    }
}

using Attachments.Api.Http.Downloads;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Attachments.UnitTests.Http.Downloads;

internal sealed class DownloadBodyTests
{
    [Test]
    public async Task Lets_the_copy_write_to_the_response()
    {
        using var connection = new Connection(hasStarted: false);
        await connection.Send((destination, cancellation) => destination.WriteAsync(new byte[] { 1, 2 }, cancellation).AsTask());
        connection.Body.ShouldBe([1, 2]);
        connection.IsAborted.ShouldBeFalse();
        connection.Log.ShouldBeEmpty();
    }

    [Test]
    public async Task Aborts_the_connection_where_the_body_breaks_off()
    {
        using var connection = new Connection(hasStarted: true);
        await connection.Send((_, _) => throw new InvalidOperationException("gone"));
        connection.IsAborted.ShouldBeTrue();
        connection.Log.ShouldBe([LogLevel.Error]);
    }

    [Test]
    public async Task Leaves_a_failure_before_the_headers_to_the_error_response()
    {
        using var connection = new Connection(hasStarted: false);
        await Should.ThrowAsync<InvalidOperationException>(() => connection.Send((_, _) => throw new InvalidOperationException("gone")));
        connection.IsAborted.ShouldBeFalse();
        connection.Log.ShouldBeEmpty();
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Says_nothing_when_the_client_goes_away(bool hasStarted)
    {
        using var connection = new Connection(hasStarted);
        await connection.Send((_, cancellation) =>
        {
            connection.ClientLeaves();
            cancellation.ThrowIfCancellationRequested();
            throw new InvalidOperationException("The copy was not given the token of the request.");
        });
        connection.Log.ShouldBe([LogLevel.Debug]);
    }

    [Test]
    public async Task Says_nothing_when_a_write_fails_because_the_client_went_away()
    {
        using var connection = new Connection(hasStarted: true);
        await connection.Send((_, _) =>
        {
            connection.ClientLeaves();
            throw new IOException("reset");
        });
        connection.Log.ShouldBe([LogLevel.Debug]);
    }

    [Test]
    public async Task Tells_of_a_failure_of_the_store_even_when_the_client_went_away()
    {
        using var connection = new Connection(hasStarted: true);
        await connection.Send((_, _) =>
        {
            connection.ClientLeaves();
            throw new InvalidOperationException("gone");
        });
        connection.Log.ShouldBe([LogLevel.Error]);
    }

    [Test]
    public async Task Takes_a_cancellation_that_is_not_the_clients_for_a_failure()
    {
        using var started = new Connection(hasStarted: true);
        await started.Send((_, _) => throw new OperationCanceledException());
        started.IsAborted.ShouldBeTrue();
        started.Log.ShouldBe([LogLevel.Error]);

        using var unstarted = new Connection(hasStarted: false);
        await Should.ThrowAsync<OperationCanceledException>(() => unstarted.Send((_, _) => throw new OperationCanceledException()));
    }

    [Test]
    public async Task Takes_an_input_error_of_the_store_for_a_failure()
    {
        using var connection = new Connection(hasStarted: true);
        await connection.Send((_, _) => throw new IOException("disk"));
        connection.IsAborted.ShouldBeTrue();
        connection.Log.ShouldBe([LogLevel.Error]);
    }

    /// <summary>A response on a connection that remembers what became of it.</summary>
    private sealed class Connection : HttpResponseFeature, IHttpRequestLifetimeFeature, ILogger, IDisposable
    {
        private readonly DefaultHttpContext context = new();
        private readonly MemoryStream body = new();
        private readonly CancellationTokenSource client = new();
        private readonly bool hasStarted;

        public Connection(bool hasStarted)
        {
            this.hasStarted = hasStarted;
            context.Features.Set<IHttpResponseFeature>(this);
            context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(body));
            context.Features.Set<IHttpRequestLifetimeFeature>(this);
        }

        public override bool HasStarted => hasStarted;

        public CancellationToken RequestAborted
        {
            get => client.Token;
            set => throw new NotSupportedException();
        }

        public bool IsAborted { get; private set; }

        public List<LogLevel> Log { get; } = [];

        public new byte[] Body => body.ToArray();

        public Task Send(Func<Stream, CancellationToken, Task> copy) => new DownloadBody(context, this).Send(copy);

        public void ClientLeaves() => client.Cancel();

        public void Dispose()
        {
            body.Dispose();
            client.Dispose();
        }

        public void Abort() => IsAborted = true;

        void ILogger.Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Log.Add(logLevel);

        public bool IsEnabled(LogLevel logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;
    }
}

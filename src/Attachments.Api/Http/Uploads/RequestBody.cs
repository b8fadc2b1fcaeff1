using Attachments.Api.Http.Fields;
using Attachments.Api.Http.Media;
using Attachments.Application.Content.Blobs;
using Attachments.Application.Content.Uploads;
using Attachments.Application.Settings;
using Attachments.Application.Uploads;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace Attachments.Api.Http.Uploads;

/// <summary>
/// A request body. It waits for memory before it is read, and ends with 408 if it stalls. It is also one of the request's features.
/// </summary>
/// <param name="context">The request, whose body it wraps.</param>
/// <param name="memory">For all bodies.</param>
/// <param name="limits">How long a body may stall.</param>
/// <param name="clock">Measures that.</param>
internal sealed class RequestBody(HttpContext context, UploadMemory memory, LimitsOptions limits, TimeProvider clock) : ForwardStream
{
    /// <summary>
    /// The bytes that must arrive within the timeout. Kestrel's minimum rate is an average since the beginning, so a client that has sent
    /// much could then send almost nothing for days.
    /// </summary>
    public const int MinProgressBytes = 4096;

    private readonly Stream inner = context.Request.Body;
    private readonly UploadReservation reservation = new(memory);
    private CancellationTokenSource? timeout;
    private MemoryEstimate? estimate;
    private long needsMoreAt;
    private long? expectedLength;
    private TimeSpan waited;
    private int progress;

    /// <summary>How much of it has been read.</summary>
    public long BytesRead { get; private set; }

    /// <summary>
    /// The client has announced how long the body is. Reading fails with <see cref="InconsistentLengthException"/> once it cannot be so
    /// long. Must be called before the first read.
    /// </summary>
    public void RequireLength(long length) => expectedLength = length;

    /// <summary>Marks the body as a document, which is buffered completely. Must be called before the first read.</summary>
    public void TreatAsDocument() => estimate = memory.EstimateDocument(context.Request.ContentLength);

    /// <summary>So many bytes of text fields have come, and are held.</summary>
    public void ReserveForFields(long length) => reservation.ReserveForFields(length);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (BytesRead < needsMoreAt)
        {
            return ReadInTime(buffer, cancellationToken);
        }

        var reserving = Reserve(cancellationToken);
        return reserving.IsCompletedSuccessfully
            ? ReadInTime(buffer, cancellationToken)
            : ReserveAndRead(reserving, buffer, cancellationToken);
    }

    /// <summary>Once nothing of the body is held any more.</summary>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            reservation.Dispose();
            timeout?.Dispose();
        }

        base.Dispose(disposing);
    }

    private async ValueTask<int> ReserveAndRead(ValueTask reserving, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        await reserving;
        return await ReadInTime(buffer, cancellationToken);
    }

    /// <summary>What is needed for the beginning, and later once for the rest.</summary>
    private ValueTask Reserve(CancellationToken cancellationToken)
    {
        RequireKnownCoding();
        var wanted = estimate ??= EstimateFiles();
        var isBeginning = BytesRead < wanted.Threshold;
        needsMoreAt = isBeginning ? wanted.Threshold : long.MaxValue;
        return reservation.Reserve(isBeginning ? wanted.Initial : wanted.Maximum, cancellationToken);
    }

    // Kestrel decodes the last coding alone, and would give out the bytes in the others as the content.
    private void RequireKnownCoding()
    {
        var coding = FieldValue.Combine(context.Request.Headers.TransferEncoding) ?? "chunked";
        if (!coding.Equals("chunked", StringComparison.OrdinalIgnoreCase))
        {
            throw new BadHttpRequestException("The body must be in no transfer coding but chunked.", StatusCodes.Status501NotImplemented);
        }
    }

    private MemoryEstimate EstimateFiles() => UploadMemory.EstimateFiles(
        context.Request.ContentLength,
        context.RequestServices.GetRequiredService<IBlobStore>().PieceBytes,
        MediaTypes.IsMultipart(context.Request.ContentType));

    private ValueTask<int> ReadInTime(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        timeout ??= CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        if (cancellationToken.CanBeCanceled && cancellationToken != context.RequestAborted)
        {
            return ReadLinked(buffer, cancellationToken);
        }

        var read = inner.ReadAsync(buffer, timeout.Token);
        return read.IsCompletedSuccessfully ? ValueTask.FromResult(Counted(read.Result)) : Awaited(read, CancellationToken.None);
    }

    private async ValueTask<int> ReadLinked(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout!.Token, cancellationToken);
        return await Awaited(inner.ReadAsync(buffer, either.Token), cancellationToken);
    }

    private async ValueTask<int> Awaited(ValueTask<int> read, CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        var left = limits.BodyTimeout - waited;
        timeout!.CancelAfter(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        try
        {
            var count = await read;
            waited += clock.GetElapsedTime(started);
            return Counted(count);
        }
        catch (OperationCanceledException) when (HasStalled(cancellationToken))
        {
            throw new BadHttpRequestException("The body has stalled.", StatusCodes.Status408RequestTimeout);
        }
        catch (InvalidOperationException exception) when (context.Request.Headers.TransferEncoding.Count > 0)
        {
            // Kestrel reports a trailer field that is not UTF-8 or contains NUL in this way. In the header section it answers 400.
            throw new BadHttpRequestException("A field of the trailer section is malformed.", StatusCodes.Status400BadRequest, exception);
        }
        catch (IOException exception) when (exception.InnerException is OverflowException)
        {
            // Kestrel's word for the size of a chunk that is not below 2 GiB.
            throw new BadHttpRequestException("A chunk of the body is too large.", StatusCodes.Status400BadRequest, exception);
        }
        finally
        {
            timeout.CancelAfter(Timeout.InfiniteTimeSpan);
        }
    }

    private bool HasStalled(CancellationToken cancellationToken) =>
        timeout!.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested && !cancellationToken.IsCancellationRequested;

    private int Counted(int count)
    {
        BytesRead += count;
        if (expectedLength is { } length && (count == 0 ? BytesRead != length : BytesRead > length))
        {
            throw new InconsistentLengthException($"Upload-Length is {length}, and the body has another length.");
        }

        progress += count;
        if (progress >= MinProgressBytes)
        {
            (progress, waited) = (0, TimeSpan.Zero);
        }

        return count;
    }
}

internal static class RequestBodyRegistration
{
    /// <summary>
    /// Bodies that are read once there is memory for them, and end if they stall (<see cref="RequestBody"/>). To stand behind what answers
    /// errors.
    /// </summary>
    public static IApplicationBuilder UseRequestBodies(this IApplicationBuilder app)
    {
        var services = app.ApplicationServices;
        var memory = services.GetRequiredService<UploadMemory>();
        var limits = services.GetRequiredService<IOptions<LimitsOptions>>().Value;
        var clock = services.GetRequiredService<TimeProvider>();
        return app.Use(next => context => context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false }
            ? next(context)
            : Receive(next, context, new RequestBody(context, memory, limits, clock)));
    }

    private static async Task Receive(RequestDelegate next, HttpContext context, RequestBody body)
    {
        await using (body)
        {
            context.Features.Set(body);
            context.Request.Body = body;
            await next(context);
        }
    }
}

using Attachments.Application.Errors;

namespace Attachments.Application.Content.Uploads;

/// <summary>
/// The memory that one request holds until it ends. A request waits at most once for a small amount and then once for a large one, and
/// never while it holds a large one. So no two requests wait for each other.
/// </summary>
public sealed class UploadReservation(UploadMemory memory) : IDisposable
{
    private const int FieldsIncrement = 1 << 20;

    private long small;
    private long large;
    private long fields;

    /// <summary>Reserves memory up to this total, and waits for it if necessary.</summary>
    /// <exception cref="UnavailableException"><c>upload_memory_exhausted</c></exception>
    public ValueTask Reserve(long bytes, CancellationToken cancellationToken)
    {
        if (bytes <= small + large)
        {
            return ValueTask.CompletedTask;
        }

        if (bytes <= UploadMemory.SmallBytes && memory.Small.TryTake(bytes - small))
        {
            small = bytes;
            return ValueTask.CompletedTask;
        }

        return new ValueTask(Wait(bytes, cancellationToken));
    }

    /// <summary>Reserves memory for the text fields of a form as they arrive.</summary>
    /// <param name="length">Of those that have come, in bytes.</param>
    /// <exception cref="UnavailableException">
    /// <c>upload_memory_exhausted</c>: it is not there. It is not waited for, since others may be waiting for what this request has.
    /// </exception>
    public void ReserveForFields(long length)
    {
        while (fields < UploadMemory.EstimateFields(length) - UploadMemory.SmallBytes)
        {
            if (!memory.Large.TryTake(FieldsIncrement))
            {
                throw Exhausted();
            }

            fields += FieldsIncrement;
        }
    }

    public void Dispose()
    {
        Return(memory.Small, ref small);
        Return(memory.Large, ref large);
        Return(memory.Large, ref fields);
    }

    private static void Return(MemoryBudget budget, ref long bytes)
    {
        if (bytes > 0)
        {
            budget.Return(bytes);
            bytes = 0;
        }
    }

    private async Task Wait(long bytes, CancellationToken cancellationToken)
    {
        if (bytes <= UploadMemory.SmallBytes)
        {
            await Take(memory.Small, bytes - small, cancellationToken);
            small = bytes;
        }
        else
        {
            await Take(memory.Large, bytes - large, cancellationToken);
            large = bytes;
        }
    }

    private async Task Take(MemoryBudget budget, long bytes, CancellationToken cancellationToken)
    {
        if (!await budget.Take(bytes, memory.WaitTimeout, cancellationToken))
        {
            throw Exhausted();
        }
    }

    private static UnavailableException Exhausted() => new(
        "upload_memory_exhausted", "The service has no memory for another upload; try again later.");
}

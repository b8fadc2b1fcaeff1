namespace Attachments.Infrastructure.Caching;

/// <summary>
/// Which file answered a recent request. The table has a fixed size, and entries in the same slot replace each other. A wrong entry costs
/// time and nothing else.
/// </summary>
internal sealed class RecentAnswers
{
    private const int Slots = 1 << 14;

    private readonly Answer?[] answers = new Answer?[Slots];

    /// <summary>The SHA-256 of the file that answered an equal request; null if it is not known.</summary>
    public byte[]? Find(object request)
    {
        var hash = request.GetHashCode();
        return Slot(hash) is { } answer && answer.Request == hash ? answer.Sha256 : null;
    }

    /// <summary>Adds an answer.</summary>
    /// <returns>Whether the request had the same answer before.</returns>
    public bool Add(object request, byte[] sha256)
    {
        var hash = request.GetHashCode();
        ref var slot = ref Slot(hash);
        if (slot is { } answer && answer.Request == hash && answer.Sha256.AsSpan().SequenceEqual(sha256))
        {
            return true;
        }

        slot = new Answer(hash, sha256);
        return false;
    }

    private ref Answer? Slot(int hash) => ref answers[hash & (Slots - 1)];

    private sealed record Answer(int Request, byte[] Sha256);
}

namespace Attachments.Infrastructure.Caching;

/// <summary>
/// Remembers recent questions and answers in a table of fixed size, in which entries with the same slot replace each other. It is a guess:
/// a wrong one costs time and nothing else.
/// </summary>
internal sealed class Recollection
{
    private const int Places = 1 << 14;

    private readonly Answer?[] answers = new Answer?[Places];

    /// <summary>The digest of the file that answered an equal question; null if it is not known.</summary>
    public byte[]? Recall(object question)
    {
        var hash = question.GetHashCode();
        return Place(hash) is { } answer && answer.Question == hash ? answer.Sha256 : null;
    }

    /// <summary>Remembers an answer.</summary>
    /// <returns>Whether the question had the same answer before.</returns>
    public bool Remember(object question, byte[] sha256)
    {
        var hash = question.GetHashCode();
        ref var place = ref Place(hash);
        if (place is { } answer && answer.Question == hash && answer.Sha256.AsSpan().SequenceEqual(sha256))
        {
            return true;
        }

        place = new Answer(hash, sha256);
        return false;
    }

    private ref Answer? Place(int hash) => ref answers[hash & (Places - 1)];

    private sealed record Answer(int Question, byte[] Sha256);
}

namespace Attachments.Infrastructure.Caching;

/// <summary>
/// What was asked and answered lately, in a table of a fixed size in which entries with the same place take it from each other. It guesses:
/// who believes it loses time, where it is wrong, and nothing else.
/// </summary>
internal sealed class Recollection
{
    private const int Places = 1 << 14;

    private readonly Answer?[] answers = new Answer?[Places];

    /// <summary>The digest of the file that answered an equal question; null where that is not known.</summary>
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

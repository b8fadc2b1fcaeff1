namespace Attachments.CrashTests;

/// <summary>One request that changes some slots, all of them or none.</summary>
/// <param name="What">For messages.</param>
/// <param name="Send">Sends it.</param>
/// <param name="Changes">The version of each slot that it is to bring about.</param>
internal sealed record Act(
    string What,
    Func<HttpClient, CancellationToken, Task<HttpResponseMessage>> Send,
    IReadOnlyList<(Slot Slot, string? After)> Changes)
{
    public void Succeeded()
    {
        foreach (var (slot, after) in Changes)
        {
            slot.Known = after;
            if (after is not null)
            {
                slot.Versions.Add(after);
            }
        }
    }
}

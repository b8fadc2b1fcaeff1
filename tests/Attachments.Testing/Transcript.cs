using System.Text.RegularExpressions;

namespace Attachments.Testing;

/// <summary>The lines that a process prints, as they come.</summary>
public sealed class Transcript
{
    private readonly List<string> lines = [];
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool ended;

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (lines)
            {
                return [.. lines];
            }
        }
    }

    /// <param name="line">Null: there are no more.</param>
    public void Add(string? line)
    {
        lock (lines)
        {
            if (line is null)
            {
                ended = true;
            }
            else
            {
                lines.Add(line);
            }

            changed.SetResult();
            changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>The first line that matches, once it is there; null when there are no more lines.</summary>
    public async Task<Match?> Find(Regex pattern, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task more;
            lock (lines)
            {
                if (lines.Select(line => pattern.Match(line)).FirstOrDefault(match => match.Success) is { } found)
                {
                    return found;
                }

                if (ended)
                {
                    return null;
                }

                more = changed.Task;
            }

            await more.WaitAsync(cancellationToken);
        }
    }
}

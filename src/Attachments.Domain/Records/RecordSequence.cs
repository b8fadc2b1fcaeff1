using System.Globalization;

namespace Attachments.Domain.Records;

/// <summary>The numbers that the service assigns to the records of one form type: 1, 2, 3… It outlives the records.</summary>
public sealed class RecordSequence
{
    private RecordSequence(string formType) => FormType = formType;

    public string FormType { get; private set; }

    /// <summary>The last number that was assigned or skipped. Two changes made from the same value cannot both be saved.</summary>
    public long Last { get; private set; }

    /// <summary>Creates a sequence that has assigned no number.</summary>
    public static RecordSequence Create(string formType) => new(formType);

    /// <summary>Whether this is a number, in the service's spelling, after <paramref name="last"/>.</summary>
    public static bool IsAfter(long last, string recordId) =>
        long.TryParse(recordId, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && number > last
        && recordId == Text(number);

    /// <summary>The next numbers.</summary>
    public IReadOnlyList<string> Upcoming(int count) => [.. Enumerable.Range(1, count).Select(step => Text(Last + step))];

    /// <summary>Passes over all numbers up to one.</summary>
    public void SkipTo(long number) => Last = Math.Max(Last, number);

    /// <summary>Moves to one of the <see cref="Upcoming"/> numbers and skips those before it.</summary>
    /// <param name="step">1 for the next.</param>
    /// <returns>The number.</returns>
    public string Advance(int step)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(step, 1);
        Last += step;
        return Text(Last);
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}

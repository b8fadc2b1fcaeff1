using System.Globalization;

namespace Attachments.Domain.Records;

/// <summary>
/// A number that a client had chosen for a record, deleted since, before the form type's <see cref="RecordSequence"/> came to it; or a run
/// of numbers, with some among them that nobody had. It passes over them: an address never comes to mean another record by itself.
/// </summary>
public sealed class SpentNumber(string formType, string recordId)
{
    /// <summary>The most that a form type keeps. Beyond that, <see cref="Join">neighbours are joined</see>.</summary>
    public const int MaxKept = 100;

    public string FormType { get; private set; } = formType;

    /// <summary>The number, or the first of the run.</summary>
    public string RecordId { get; private set; } = recordId;

    /// <summary>The last of the run; null: it is the one number.</summary>
    public long? UpTo { get; private set; }

    /// <summary>The number, or the first of the run.</summary>
    public long First => long.Parse(RecordId, NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>The number, or the last of the run.</summary>
    public long Last => UpTo ?? First;

    /// <summary>Whether this is the number, or in the run.</summary>
    public bool Covers(long number) => number >= First && number <= Last;

    /// <summary>
    /// Makes runs of those that have the fewest numbers between them, until <paramref name="count"/> are left. The widest gaps stay open,
    /// so that there are always numbers to give, whatever clients have chosen.
    /// </summary>
    /// <param name="spent">Of one form type.</param>
    /// <param name="count">How many are to be left.</param>
    /// <returns>Those that are part of another now.</returns>
    public static IReadOnlyCollection<SpentNumber> Join(IEnumerable<SpentNumber> spent, int count)
    {
        var ordered = spent.OrderBy(number => number.First).ToList();
        var closest = Enumerable.Range(1, Math.Max(ordered.Count - 1, 0))
            .OrderBy(i => ordered[i].First - ordered[i - 1].Last)
            .Take(ordered.Count - count)
            .Order()
            .ToList();
        foreach (var i in closest.Reverse<int>())
        {
            ordered[i - 1].UpTo = Math.Max(ordered[i - 1].Last, ordered[i].Last);
        }

        return closest.ConvertAll(i => ordered[i]);
    }
}

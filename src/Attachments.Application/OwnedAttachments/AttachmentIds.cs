using System.Globalization;
using Attachments.Application.Errors;
using Attachments.Application.Text;

namespace Attachments.Application.OwnedAttachments;

/// <summary>The ids of some attachments, as a query names them: <c>5,7,9</c>.</summary>
/// <param name="Ascending">Unique, in ascending order.</param>
public sealed record AttachmentIds(IReadOnlyList<long> Ascending)
{
    public const int MaxCount = 500;

    /// <exception cref="InvalidRequestException"><c>ids_invalid</c></exception>
    public static AttachmentIds Parse(string? text) => TryParse(text) ?? throw new InvalidRequestException(
        "ids_invalid", $"ids must be 1 to {MaxCount} unique whole numbers, separated by commas.");

    /// <summary>Null: the text names none, or not in this form.</summary>
    public static AttachmentIds? TryParse(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        var numbers = new SortedSet<long>();
        foreach (var part in text.Split(',', MaxCount + 1))
        {
            if (DecimalInteger.Parse(part) is not { } number || !numbers.Add(number))
            {
                return null;
            }
        }

        return numbers.Count <= MaxCount ? new AttachmentIds([.. numbers]) : null;
    }

    /// <summary>In ascending order, separated by commas.</summary>
    public override string ToString() =>
        string.Join(',', Ascending.Select(number => number.ToString(CultureInfo.InvariantCulture)));
}

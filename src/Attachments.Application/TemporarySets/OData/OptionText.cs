using System.Globalization;
using Attachments.Application.Errors;

namespace Attachments.Application.TemporarySets.OData;

/// <summary>A query option as it was sent, and how a fault in it is told.</summary>
/// <param name="Name"><c>$filter</c>.</param>
/// <param name="Text">Its value, percent-decoded.</param>
internal sealed record OptionText(string Name, string Text)
{
    private const string Code = "odata_invalid";

    /// <summary>The fault of an option as a whole.</summary>
    public static InvalidRequestException Invalid(string name, string fault) => CreateException(name, fault);

    /// <summary>The fault at a place.</summary>
    /// <param name="offset">Of the UTF-16 code unit, from 0; told as the number of the Unicode character, from 1.</param>
    /// <param name="fault">In words, without a full stop.</param>
    public InvalidRequestException Invalid(int offset, string fault) => CreateException(
        Name, string.Create(CultureInfo.InvariantCulture, $"character {CharactersBefore(offset) + 1}: {fault}"));

    private static InvalidRequestException CreateException(string name, string fault) =>
        new(Code, $"{name}, {fault}.", new Dictionary<string, string[]> { [name] = [fault] });

    private int CharactersBefore(int offset)
    {
        var characters = 0;
        foreach (var _ in Text.AsSpan(0, offset).EnumerateRunes())
        {
            characters++;
        }

        return characters;
    }
}

namespace Attachments.Application.TemporarySets.OData;

/// <summary>The types of the language. Only values of one kind can be compared.</summary>
internal enum ValueKind
{
    /// <summary>The literal <c>null</c>: no field and no function is ever null.</summary>
    Null,

    /// <summary>True or false.</summary>
    Condition,
    Text,
    Number,
    DateTime,
    Guid,
}

internal static class ValueKinds
{
    public static string InWords(this ValueKind kind) => kind switch
    {
        ValueKind.Null => "null",
        ValueKind.Condition => "a condition",
        ValueKind.Text => "a string",
        ValueKind.Number => "a number",
        ValueKind.DateTime => "a date-time",
        ValueKind.Guid => "a GUID",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}

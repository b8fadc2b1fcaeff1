namespace Attachments.Application.TemporarySets.OData;

/// <summary>
/// Functions that run only in the database. EF Core would evaluate the methods of <see cref="string"/> on parameters in .NET, by UTF-16
/// code units and the current culture, and would round the seconds of a <see cref="DateTimeOffset"/>. Functions that return a string return
/// one that compares by code point.
/// </summary>
public static class ODataFunctions
{
    /// <summary>Whether <paramref name="part"/> is in <paramref name="text"/>, code point for code point.</summary>
    public static bool Contains(string text, string part) => throw NotHere();

    /// <summary>Whether <paramref name="text"/> begins with <paramref name="part"/>, code point for code point.</summary>
    public static bool StartsWith(string text, string part) => throw NotHere();

    /// <summary>Whether <paramref name="text"/> ends with <paramref name="part"/>, code point for code point.</summary>
    public static bool EndsWith(string text, string part) => throw NotHere();

    /// <summary>The number of code points.</summary>
    public static int Length(string text) => throw NotHere();

    /// <summary>In lower case by Unicode's full mapping, of no language: <c>ΟΔΟΣ</c> is <c>οδος</c> with a final sigma.</summary>
    public static string ToLower(string text) => throw NotHere();

    /// <summary>In upper case by Unicode's full mapping, of no language: <c>ß</c> is <c>SS</c>.</summary>
    public static string ToUpper(string text) => throw NotHere();

    /// <summary>Without Unicode's white space, and nothing else, at its ends: what <see cref="char.IsWhiteSpace(char)"/> says.</summary>
    public static string Trim(string text) => throw NotHere();

    /// <summary>The whole seconds of the minute, 0 to 59.</summary>
    public static int Second(DateTimeOffset time) => throw NotHere();

    private static NotSupportedException NotHere() => new("It runs in the database only.");
}

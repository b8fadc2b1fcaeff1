using System.Globalization;
using NUnit.Framework;

namespace Attachments;

/// <summary>
/// Assertions of all tests, which stand in the namespace that theirs are in. Shouldly compares arrays object by object: seconds for some
/// megabytes.
/// </summary>
public static class ByteAssertions
{
    /// <exception cref="AssertionException">It says where the first difference is.</exception>
    public static void ShouldBe(this byte[]? actual, byte[] expected, string? customMessage = null)
    {
        if (actual is null || !actual.AsSpan().SequenceEqual(expected))
        {
            var same = actual.AsSpan().CommonPrefixLength(expected);
            throw new AssertionException(
                $"{actual?.Length.ToString(CultureInfo.InvariantCulture) ?? "No"} bytes should be {expected.Length} others; they differ from position {same} on. {customMessage}");
        }
    }
}

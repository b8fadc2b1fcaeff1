using Attachments.Application.Common;
using FluentValidation;

namespace Attachments.Application.Records;

/// <summary>How the lists of this family are paged.</summary>
public static class ListPage
{
    public const int DefaultSize = 50;
    public const int MaxSize = 1000;

    /// <summary>The query parameter of the size.</summary>
    public const string SizeParameter = "page[size]";

    /// <summary>The query parameter of the cursor.</summary>
    public const string AfterParameter = "page[after]";

    internal static void PageSize<T>(this IRuleBuilderInitial<T, int> rule) =>
        rule.InclusiveBetween(1, MaxSize).WithMessage($"must be 1 to {MaxSize}").OverridePropertyName(SizeParameter);

    internal static void Cursor<T>(this IRuleBuilderInitial<T, string?> rule, Predicate<string> isGiven) =>
        rule.Must(after => after is null || isGiven(after))
            .WithMessage("is not a cursor that this list gave")
            .OverridePropertyName(AfterParameter);

    /// <summary>A page of what was found when one more was asked for.</summary>
    internal static Page<T> ToPage<T>(this List<T> found, int size, Func<T, string> cursorOf) => found.Count <= size
        ? new Page<T>(found, null)
        : new Page<T>(found.GetRange(0, size), cursorOf(found[size - 1]));
}

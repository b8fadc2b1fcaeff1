using Attachments.Domain;
using Attachments.Domain.Content;

namespace Attachments.UnitTests;

internal static class AggregateExtensions
{
    /// <summary>The blob that an act stopped referring to; null where it was none.</summary>
    public static Blob? UnreferencedBy<T>(this T aggregate, Action<T> act)
        where T : Aggregate
    {
        aggregate.TakeUnreferenced();
        act(aggregate);
        return aggregate.TakeUnreferenced().SingleOrDefault();
    }
}

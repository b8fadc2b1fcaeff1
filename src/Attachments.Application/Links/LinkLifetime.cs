namespace Attachments.Application.Links;

/// <summary>When links end.</summary>
public static class LinkLifetime
{
    /// <summary>How far the clocks of those who sign and of this service may differ.</summary>
    public static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(60);

    /// <summary>The next multiple of a duration, since 1970 and in whole seconds.</summary>
    public static DateTimeOffset RoundUp(DateTimeOffset end, TimeSpan rounding)
    {
        var step = Math.Max(rounding.Ticks, TimeSpan.TicksPerSecond);
        var ticks = (end - DateTimeOffset.UnixEpoch).Ticks;
        return DateTimeOffset.UnixEpoch.AddTicks((ticks + step - 1) / step * step);
    }

    public static bool HasEnded(DateTimeOffset expiresAt, DateTimeOffset now) => now >= expiresAt + ClockSkew;

    /// <summary>Whether a link ends later than any that this service makes.</summary>
    public static bool IsTooLong(DateTimeOffset expiresAt, LinksOptions options, DateTimeOffset now) =>
        expiresAt > now + options.MaxLifetime + options.Rounding + ClockSkew;
}

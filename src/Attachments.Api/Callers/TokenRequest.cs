using System.Globalization;

namespace Attachments.Api.Callers;

/// <summary>The requested token.</summary>
/// <param name="Subject">The claim <c>sub</c>.</param>
internal sealed record TokenRequest(string Subject)
{
    public static readonly TimeSpan DefaultLifetime = TimeSpan.FromDays(1);

    /// <summary>A token is not a password. Ten years is longer than any key should be used.</summary>
    private static readonly TimeSpan MaxLifetime = TimeSpan.FromDays(3650);

    public bool IsAdmin { get; init; }

    public IReadOnlyList<long> Projects { get; init; } = [];

    public bool AllProjects { get; init; }

    public IReadOnlyList<long> Organisations { get; init; } = [];

    /// <summary>Space-separated, as in the claim.</summary>
    public string? Scope { get; init; }

    public TimeSpan Lifetime { get; init; } = DefaultLifetime;

    /// <summary>Reads the arguments of the command: <c>--name value</c> or <c>--name=value</c>, in any order.</summary>
    /// <exception cref="FormatException">The arguments are invalid; the message says why, in one line.</exception>
    public static TokenRequest Parse(IReadOnlyList<string> arguments)
    {
        var options = ReadOptions(arguments);
        var projects = Listed(options, "--project");
        return new TokenRequest(Once(options, "--sub") ?? throw new FormatException("--sub is missing."))
        {
            IsAdmin = options.Contains("--admin"),
            Projects = [.. projects.Where(project => project != CallerClaims.EveryProject).Select(id => ParseId("--project", id))],
            AllProjects = projects.Contains(CallerClaims.EveryProject),
            Organisations = [.. Listed(options, "--org").Select(id => ParseId("--org", id))],
            Scope = Once(options, "--scope"),
            Lifetime = Once(options, "--expires") is { } lifetime ? ParseLifetime(lifetime) : DefaultLifetime,
        };
    }

    private static ILookup<string, string> ReadOptions(IReadOnlyList<string> arguments)
    {
        var options = new List<(string Name, string Value)>();
        for (var at = 0; at < arguments.Count; at++)
        {
            var (name, value) = arguments[at].Split('=', 2) is [var left, var right] ? (left, right) : (arguments[at], null);
            options.Add((name, name switch
            {
                "--admin" when value is null => "",
                "--admin" => throw new FormatException("--admin takes no value."),
                "--sub" or "--project" or "--org" or "--scope" or "--expires" => value ?? Next(arguments, ++at, name),
                _ => throw new FormatException($"{name} is not an option."),
            }));
        }

        return options.ToLookup(option => option.Name, option => option.Value);
    }

    private static string Next(IReadOnlyList<string> arguments, int at, string name) =>
        at < arguments.Count ? arguments[at] : throw new FormatException($"{name} needs a value.");

    private static string? Once(ILookup<string, string> options, string name) => options[name].ToList() switch
    {
        [] => null,
        [""] => throw new FormatException($"{name} needs a value."),
        [var value] => value,
        _ => throw new FormatException($"{name} can be given only once."),
    };

    private static List<string> Listed(ILookup<string, string> options, string name) =>
        [.. options[name].SelectMany(values => values.Split(',', StringSplitOptions.TrimEntries))];

    private static long ParseId(string name, string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var id)
            ? id
            : throw new FormatException($"{name} is an integer, not '{text}'.");

    private static TimeSpan ParseLifetime(string text)
    {
        var lifetime = text.Contains(':', StringComparison.Ordinal) ? ParseClock(text) : ParseUnits(text);
        return lifetime is { } value && value > TimeSpan.Zero && value <= MaxLifetime
            ? value
            : throw new FormatException($"--expires must be a time such as 8h, 30d or 01:30:00, at most {MaxLifetime.TotalDays:0} days.");
    }

    private static TimeSpan? ParseClock(string text) =>
        TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out var lifetime) ? lifetime : null;

    private static TimeSpan? ParseUnits(string text)
    {
        var unit = text.Length == 0 ? null : UnitOf(text[^1]);
        return unit is { } length
            && int.TryParse(text.AsSpan(..^1), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && count <= MaxLifetime / length
            ? count * length
            : null;
    }

    private static TimeSpan? UnitOf(char letter) => letter switch
    {
        's' => TimeSpan.FromSeconds(1),
        'm' => TimeSpan.FromMinutes(1),
        'h' => TimeSpan.FromHours(1),
        'd' => TimeSpan.FromDays(1),
        _ => null,
    };
}

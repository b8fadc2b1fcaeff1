using System.CommandLine;
using System.Globalization;

namespace Attachments.Api.Callers;

/// <summary>The verb <c>token</c> on the command line: <c>--name value</c> or <c>--name=value</c>, in any order.</summary>
internal sealed class TokenCommand : Command
{
    /// <summary>A token is not a password. Ten years is longer than any key should be used.</summary>
    private static readonly TimeSpan MaxLifetime = TimeSpan.FromDays(3650);

    private readonly Option<string[]> subject = CreateOption("--sub", "NAME", "The user (the claim sub). Required.");
    private readonly Option<bool> admin = new("--admin") { Description = "Makes the user an administrator." };
    private readonly Option<string[]> projects = CreateOption(
        "--project", "ID,…|*", "Projects whose sessions it may use; * for all of them.");
    private readonly Option<string[]> organisations = CreateOption("--org", "ID,…", "Organisations whose attachments it may use.");
    private readonly Option<string[]> scope = CreateOption("--scope", "SCOPE", "Scopes, separated by spaces, as records or records:read.");
    private readonly Option<string[]> lifetime = CreateOption("--expires", "8h|30d", "How long the token is valid; one day by default.");

    public TokenCommand()
        : base("token", "Signs a token with the configured key, and prints it.")
    {
        // Read reports unknown arguments in its own words.
        TreatUnmatchedTokensAsErrors = false;
        foreach (var option in new Option[] { subject, admin, projects, organisations, scope, lifetime })
        {
            Options.Add(option);
        }
    }

    /// <exception cref="FormatException">The arguments make no request; the message says why, in one line.</exception>
    public TokenRequest Read(ParseResult arguments)
    {
        if (arguments.UnmatchedTokens is [var unknown, ..])
        {
            throw new FormatException($"{unknown.Split('=')[0]} is not a known option.");
        }

        if (arguments.GetResult(admin) is { Tokens.Count: > 0 })
        {
            throw new FormatException($"{admin.Name} takes no value.");
        }

        var projectIds = SplitValues(arguments, projects);
        return new TokenRequest(SingleValue(arguments, subject) ?? throw new FormatException($"{subject.Name} is missing."))
        {
            IsAdmin = arguments.GetValue(admin),
            Projects = [.. projectIds.Where(id => id != CallerClaims.EveryProject).Select(id => ParseId(projects, id))],
            AllProjects = projectIds.Contains(CallerClaims.EveryProject),
            Organisations = [.. SplitValues(arguments, organisations).Select(id => ParseId(organisations, id))],
            Scope = SingleValue(arguments, scope),
            Lifetime = SingleValue(arguments, lifetime) is { } text ? ParseLifetime(text) : TokenRequest.DefaultLifetime,
        };
    }

    private static Option<string[]> CreateOption(string name, string value, string description) =>
        new(name) { HelpName = value, Description = description, Arity = ArgumentArity.ZeroOrMore };

    private static IReadOnlyList<string> Values(ParseResult arguments, Option option) => arguments.GetResult(option) switch
    {
        null => [],
        var found when found.Tokens.Count < found.IdentifierTokenCount => throw new FormatException($"{option.Name} needs a value."),
        var found => [.. found.Tokens.Select(token => token.Value)],
    };

    private static string? SingleValue(ParseResult arguments, Option option) => Values(arguments, option) switch
    {
        [] => null,
        [""] => throw new FormatException($"{option.Name} needs a value."),
        [var value] => value,
        _ => throw new FormatException($"{option.Name} can be given only once."),
    };

    private static List<string> SplitValues(ParseResult arguments, Option option) =>
        [.. Values(arguments, option).SelectMany(values => values.Split(',', StringSplitOptions.TrimEntries))];

    private static long ParseId(Option option, string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var id)
            ? id
            : throw new FormatException($"{option.Name} must be an integer, not '{text}'.");

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
        var unit = text.Length == 0 ? null : ParseUnit(text[^1]);
        return unit is { } length
            && int.TryParse(text.AsSpan(..^1), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && count <= MaxLifetime / length
            ? count * length
            : null;
    }

    private static TimeSpan? ParseUnit(char letter) => letter switch
    {
        's' => TimeSpan.FromSeconds(1),
        'm' => TimeSpan.FromMinutes(1),
        'h' => TimeSpan.FromHours(1),
        'd' => TimeSpan.FromDays(1),
        _ => null,
    };
}

using System.Text.Json;

namespace Attachments.FunctionalTests.Hostile;

/// <summary>JSON as nobody should send it, and some that is no JSON.</summary>
internal static class HostileJson
{
    private static readonly int[] Depths = [2, 60, 63, 64, 65, 1000, 50_000];

    public static string Value(Dice dice, int depth = 0) => dice.Number(depth > 3 ? 5 : 9) switch
    {
        0 => dice.One(Words.Numbers),
        1 => dice.One(Words.JsonTexts),
        2 => dice.One(["true", "false", "null"]),
        3 or 4 => Text(dice),
        5 => $"[{string.Join(',', dice.Some(4, () => Value(dice, depth + 1)))}]",
        6 => Nested(dice),
        _ => Object([.. dice.Some(5, () => (Text(dice), Value(dice, depth + 1)))]),
    };

    public static string Text(Dice dice) => JsonSerializer.Serialize(dice.One(Words.Texts));

    public static string Object(params (string Name, string Value)[] members) =>
        $"{{{string.Join(',', members.Select(member => $"{member.Name}:{member.Value}"))}}}";

    /// <summary>Members of an object: those that are usual, some of them with another value, twice, or left out.</summary>
    public static string Object(Dice dice, params (string Name, string Value)[] usual)
    {
        var members = new List<(string, string)>();
        foreach (var (name, value) in usual)
        {
            for (var times = dice.Chance(5) ? 0 : dice.Chance(5) ? 2 : 1; times > 0; times--)
            {
                members.Add((JsonSerializer.Serialize(name), dice.Or(15, value, () => Value(dice))));
            }
        }

        if (dice.Chance(10))
        {
            members.Add((dice.Chance(50) ? Text(dice) : dice.One(Words.JsonTexts), Value(dice)));
        }

        return Object([.. members]);
    }

    private static string Nested(Dice dice)
    {
        var depth = dice.One(Depths);
        return dice.Chance(50)
            ? new string('[', depth) + new string(']', dice.Chance(90) ? depth : depth - 1)
            : string.Concat(Enumerable.Repeat("{\"a\":", depth)) + "1" + new string('}', depth);
    }
}

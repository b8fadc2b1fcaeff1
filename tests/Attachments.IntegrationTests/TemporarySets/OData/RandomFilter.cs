using System.Globalization;
using System.Numerics;
using System.Text;

namespace Attachments.IntegrationTests.TemporarySets.OData;

/// <summary>
/// Makes expressions together with what they mean, so that neither is derived from the other by the code under test. Parentheses are put
/// where OData's precedence needs them, and now and then where it does not.
/// </summary>
internal sealed class RandomFilter(Random random)
{
    // By OData 4.01, part 2, section 5.1.1.14, from the loosest.
    private const int Or = 1;
    private const int And = 2;
    private const int Equality = 3;
    private const int Relation = 4;
    private const int Not = 5;
    private const int In = 6;
    private const int Value = 7;

    private static readonly (string Operator, Func<int, bool> Holds)[] Equalities = [("eq", sign => sign == 0), ("ne", sign => sign != 0)];

    private static readonly (string Operator, Func<int, bool> Holds)[] Relations =
        [("gt", sign => sign > 0), ("ge", sign => sign >= 0), ("lt", sign => sign < 0), ("le", sign => sign <= 0)];

    private readonly RandomValues values = new(random);

    public Part<bool> Condition(int depth) => depth == 0 ? Simple(0) : random.Next(10) switch
    {
        0 or 1 => Junction(depth, "and", And, (a, b) => a && b),
        2 or 3 => Junction(depth, "or", Or, (a, b) => a || b),
        4 or 5 => Negated(Condition(depth - 1)),
        6 => Equivalence(depth),
        _ => Simple(depth),
    };

    public Part<string> Text(int depth)
    {
        if (depth > 0 && random.Next(3) == 0)
        {
            var inner = Text(depth - 1);
            return random.Next(3) switch
            {
                0 => new($"tolower({inner.Written})", Value, item => TextOracle.ToLower(inner.Of(item))),
                1 => new($"toupper({inner.Written})", Value, item => TextOracle.ToUpper(inner.Of(item))),
                _ => new($"trim( {inner.Written} )", Value, item => TextOracle.Trim(inner.Of(item))),
            };
        }

        return random.Next(5) switch
        {
            0 => new("Name", Value, item => item.Name),
            1 => new("FileName", Value, item => item.FileName),
            2 => new("ContentType", Value, item => item.ContentType),
            _ => TextLiteral(),
        };
    }

    /// <summary>In thousandths.</summary>
    public Part<BigInteger> Number(int depth)
    {
        switch (random.Next(4))
        {
            case 0 when depth > 0:
                var text = Text(depth - 1);
                return new($"length({text.Written})", Value, item => 1000 * TextOracle.Length(text.Of(item)));
            case 1 when depth > 0:
                var time = Time();
                var (function, part) = random.GetItems(
                    new (string, Func<DateTime, int>)[]
                    {
                        ("year", at => at.Year), ("month", at => at.Month), ("day", at => at.Day),
                        ("hour", at => at.Hour), ("minute", at => at.Minute), ("second", at => at.Second),
                    }, 1)[0];
                return new($"{function}({time.Written})", Value, item => 1000 * part(new DateTime(time.Of(item))));
            case 2:
                return NumberLiteral();
            default:
                return new("Size", Value, item => 1000 * (BigInteger)item.Size);
        }
    }

    /// <summary>In ticks of 100 ns.</summary>
    public Part<long> Time() => random.Next(2) == 0 ? new("CreatedAt", Value, item => item.CreatedAt.UtcTicks) : TimeLiteral();

    public Part<Guid> Id() => random.Next(4) switch
    {
        0 => new("TemporaryId", Value, item => item.TemporaryId),
        1 => new("Id", Value, item => item.Id),
        2 => new("CreatedById", Value, item => item.CreatedById),
        _ => IdLiteral(),
    };

    private Part<bool> Junction(int depth, string word, int level, Func<bool, bool, bool> join)
    {
        var all = Condition(depth - 1);
        var written = new StringBuilder(Within(all, level));
        var of = all.Of;
        for (var more = random.Next(1, 4); more > 0; more--)
        {
            var next = Condition(depth - 1);
            var before = of;
            written.Append(CultureInfo.InvariantCulture, $" {word} {Within(next, level)}");
            of = item => join(before(item), next.Of(item));
        }

        return new(written.ToString(), level, of);
    }

    private Part<bool> Negated(Part<bool> inner) => new($"not {Within(inner, Not)}", Not, item => !inner.Of(item));

    private Part<bool> Equivalence(int depth)
    {
        var left = Condition(depth - 1);
        var right = Condition(depth - 1);
        var (word, holds) = random.GetItems(Equalities, 1)[0];
        return new(
            $"{Within(left, Equality)} {word} {Within(right, Relation)}", Equality, item => holds(left.Of(item).CompareTo(right.Of(item))));
    }

    private Part<bool> Simple(int depth) => random.Next(12) switch
    {
        0 => random.Next(2) == 0 ? new("true", Value, _ => true) : new("false", Value, _ => false),
        1 => WithNull(),
        2 or 3 => Test(depth),
        4 => Among(Text(depth), TextLiteral),
        5 => Among(Number(depth), NumberLiteral),
        6 => random.Next(2) == 0 ? Among(Id(), IdLiteral) : Among(Time(), TimeLiteral),
        7 or 8 => Compared(Text(depth), Text(depth), TextOracle.ByCodePoint),
        9 => Compared(Number(depth), Number(depth), Comparer<BigInteger>.Default),
        10 => Compared(Time(), Time(), Comparer<long>.Default),
        _ => Compared(Id(), Id(), Comparer<Guid>.Create((a, b) => string.CompareOrdinal(a.ToString(), b.ToString()))),
    };

    private Part<bool> Compared<T>(Part<T> left, Part<T> right, IComparer<T> comparer)
    {
        var isEquality = random.Next(2) == 0;
        var (word, holds) = random.GetItems(isEquality ? Equalities : Relations, 1)[0];
        return new(
            $"{left.Written} {word}  {right.Written}",
            isEquality ? Equality : Relation,
            item => holds(comparer.Compare(left.Of(item), right.Of(item))));
    }

    private Part<bool> WithNull()
    {
        var operand = random.GetItems(["Name", "Size", "CreatedAt", "length(Name)", "Id", "'x'", "12"], 1)[0];
        return random.Next(4) switch
        {
            0 => new($"{operand} eq null", Equality, _ => false),
            1 => new($"null ne {operand}", Equality, _ => true),
            2 => new($"{operand} ge null", Relation, _ => false),
            _ => new($"null lt {operand}", Relation, _ => false),
        };
    }

    private Part<bool> Test(int depth)
    {
        var text = Text(depth);
        var part = Text(depth);
        return random.Next(4) switch
        {
            0 => new($"contains({text.Written},{part.Written})", Value, item => TextOracle.Contains(text.Of(item), part.Of(item))),
            1 => new($"substringof({part.Written}, {text.Written})", Value, item => TextOracle.Contains(text.Of(item), part.Of(item))),
            2 => new($"startswith({text.Written} ,{part.Written})", Value, item => TextOracle.StartsWith(text.Of(item), part.Of(item))),
            _ => new($"endswith({text.Written},{part.Written})", Value, item => TextOracle.EndsWith(text.Of(item), part.Of(item))),
        };
    }

    private Part<bool> Among<T>(Part<T> operand, Func<Part<T>> literal)
    {
        var items = Enumerable.Range(0, random.Next(1, 6)).Select(_ => literal()).ToList();
        return new(
            $"{operand.Written} in ({string.Join(random.Next(2) == 0 ? "," : " , ", items.Select(item => item.Written))})",
            In,
            item => items.Any(one => EqualityComparer<T>.Default.Equals(one.Of(item), operand.Of(item))));
    }

    private Part<string> TextLiteral()
    {
        var text = random.Next(4) == 0 ? random.GetItems(["image/png", "Test Image", "O'Brien", "straße", ".png"], 1)[0] : values.Text();
        return new($"'{text.Replace("'", "''", StringComparison.Ordinal)}'", Value, _ => text);
    }

    private Part<BigInteger> NumberLiteral()
    {
        BigInteger number = 1000 * (BigInteger)values.Size();
        number += random.Next(4) switch { 0 => random.Next(-1500, 1500), 1 => 1000, _ => 0 };
        number *= random.Next(8) == 0 ? -1 : 1;
        var whole = BigInteger.Abs(number / 1000).ToString(CultureInfo.InvariantCulture);
        var fraction = BigInteger.Abs(number % 1000).ToString("000", CultureInfo.InvariantCulture);
        var isWhole = fraction == "000";
        var written = (number.Sign < 0 ? "-" : "") + random.Next(4) switch
        {
            0 when isWhole => whole,
            1 when isWhole => whole + "L",
            2 => $"{whole}{fraction}e-3",
            _ => $"{whole}.{fraction}" + random.GetItems(["", "M", "m", "d", "F"], 1)[0],
        };
        return new(written, Value, _ => number);
    }

    private Part<long> TimeLiteral()
    {
        var ticks = values.Moment().UtcTicks + (random.Next(3) == 0 ? random.Next(1, 9) : 0);
        var time = new DateTime(ticks);
        var form = time.Ticks % TimeSpan.TicksPerSecond == 0 ? "yyyy-MM-ddTHH:mm:ss" : "yyyy-MM-ddTHH:mm:ss.fffffff";
        var utc = time.ToString(form, CultureInfo.InvariantCulture);
        var eastern = time.Year < 9999 ? time.AddMinutes(330).ToString(form, CultureInfo.InvariantCulture) + "+05:30" : utc + "Z";
        return new(
            random.Next(6) switch
            {
                0 => $"datetime'{utc}'",
                1 => $"datetime'{utc}Z'",
                2 => $"datetimeoffset'{eastern}'",
                3 => eastern,
                4 => utc,
                _ => utc + "Z",
            },
            Value,
            _ => ticks);
    }

    private Part<Guid> IdLiteral()
    {
        var id = random.Next(2) == 0
            ? values.Guid()
            : Guid.Parse(random.GetItems(["4bb709c2-e0e7-4af3-9f60-a045016a9610", "2b364daa-0dff-4a6f-8554-f5963d3011be"], 1)[0]);
        var digits = random.Next(2) == 0 ? id.ToString() : id.ToString().ToUpperInvariant();
        return new(random.Next(2) == 0 ? $"guid'{digits}'" : digits, Value, _ => id);
    }

    private string Within<T>(Part<T> part, int level) =>
        part.Level < level || random.Next(6) == 0 ? $"({part.Written})" : part.Written;

    /// <summary>A part of an expression.</summary>
    /// <param name="Written">In OData.</param>
    /// <param name="Level">How tightly its operator binds.</param>
    /// <param name="Of">Its value for an item.</param>
    internal sealed record Part<T>(string Written, int Level, Func<Item, T> Of);
}

using System.Globalization;
using Attachments.Application.Text;

namespace Attachments.Application.TemporarySets.OData;

/// <summary>
/// The options of a query string, each sent once and of a bearable length. A name may lack its <c>$</c> and is read without regard to case
/// (OData 4.01, part 1, section 11.2.1). An empty option is read as if it was not sent.
/// </summary>
internal sealed class QueryOptions
{
    private static readonly string[] Known =
        ["$filter", "$orderby", "$top", "$take", "$skip", "$inlinecount", "$count", "$select", "$format"];

    private readonly Dictionary<string, OptionText> options = new(StringComparer.OrdinalIgnoreCase);

    public QueryOptions(IEnumerable<KeyValuePair<string, string>> sent)
    {
        foreach (var (name, text) in sent)
        {
            Add(name, text);
        }
    }

    /// <summary>The option; null where it was not sent.</summary>
    public OptionText? Find(string name) => options.GetValueOrDefault(name);

    /// <summary>The option as a number of items; null where it was not sent.</summary>
    public long? Count(string name)
    {
        if (Find(name) is not { } option)
        {
            return null;
        }

        if (option.Text is ['-', >= '0' and <= '9', ..])
        {
            throw option.Invalid(0, "it must not be negative");
        }

        return long.TryParse(option.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && !option.Text.EndsWith('\0')
            ? count
            : throw option.Invalid(0, $"expected a whole number of at most {long.MaxValue}, found {Quoted.Format(option.Text)}");
    }

    private void Add(string name, string text)
    {
        var known = name.StartsWith('$') ? name : $"${name}";
        if (!Known.Contains(known, StringComparer.OrdinalIgnoreCase))
        {
            throw OptionText.Invalid(Quoted.Format(name), $"this option is not supported; the options are {string.Join(", ", Known)}");
        }

        if (text.Length == 0)
        {
            return;
        }

        if (text.Length > ODataLimits.MaxLength)
        {
            throw OptionText.Invalid(name, string.Create(
                CultureInfo.InvariantCulture, $"it is longer than {ODataLimits.MaxLength} characters: it has {text.Length}"));
        }

        if (!options.TryAdd(known, new OptionText(name, text)))
        {
            throw OptionText.Invalid(name, "it was sent more than once");
        }
    }
}

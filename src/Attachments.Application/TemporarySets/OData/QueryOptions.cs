using System.Globalization;
using Attachments.Application.Text;

namespace Attachments.Application.TemporarySets.OData;

/// <summary>The options of a query string that begin with <c>$</c>, each sent once and of a bearable length. Others are not ours.</summary>
internal sealed class QueryOptions
{
    private static readonly string[] Known = ["$filter", "$orderby", "$top", "$take", "$skip", "$inlinecount"];

    private readonly Dictionary<string, OptionText> options = new(StringComparer.Ordinal);

    public QueryOptions(IEnumerable<KeyValuePair<string, string>> sent)
    {
        foreach (var (name, text) in sent.Where(option => option.Key.StartsWith('$')))
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
        if (!Known.Contains(name))
        {
            throw OptionText.Invalid(Quoted.Format(name), $"this option is not supported; the options are {string.Join(", ", Known)}");
        }

        if (text.Length > ODataLimits.MaxLength)
        {
            throw OptionText.Invalid(name, string.Create(
                CultureInfo.InvariantCulture, $"it is longer than {ODataLimits.MaxLength} characters: it has {text.Length}"));
        }

        if (!options.TryAdd(name, new OptionText(name, text)))
        {
            throw OptionText.Invalid(name, "it was sent more than once");
        }
    }
}

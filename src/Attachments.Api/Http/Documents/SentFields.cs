using FluentValidation;
using FluentValidation.Results;

namespace Attachments.Api.Http.Documents;

/// <summary>
/// The fields that a form or a JSON object sends, as text; the last of several with one name. Once the body has ended they are read as
/// typed values, and one answer names every field that is not of its type.
/// </summary>
/// <param name="prefix">What answers put before the names.</param>
/// <param name="names">The names of the fields. Fields with other names are ignored.</param>
internal sealed class SentFields(string prefix, params string[] names)
{
    private readonly Dictionary<string, string> texts = new(StringComparer.Ordinal);
    private readonly List<ValidationFailure> failures = [];

    public bool Knows(string name) => names.Contains(name);

    public void Set(string name, string text)
    {
        if (Knows(name))
        {
            texts[name] = text;
        }
    }

    /// <summary>Makes of a field one that was not sent.</summary>
    public void Remove(string name) => texts.Remove(name);

    /// <summary>Null: the field was not sent.</summary>
    public string? Text(string name) => texts.GetValueOrDefault(name);

    /// <summary>
    /// A field of another type than text. Null: it was not sent, or is not of its type, which <see cref="RequireValid"/> reports.
    /// </summary>
    /// <param name="name">The field.</param>
    /// <param name="parse">Returns null for a text that is not of the type.</param>
    /// <param name="rule">The type, in words that follow the name of the field.</param>
    public T? Read<T>(string name, Func<string, T?> parse, string rule)
        where T : struct
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        var value = parse(text);
        if (value is null)
        {
            failures.Add(new ValidationFailure(prefix + name, rule));
        }

        return value;
    }

    /// <exception cref="ValidationException">Fields that were read are not of their types.</exception>
    public void RequireValid()
    {
        if (failures.Count > 0)
        {
            throw new ValidationException(failures);
        }
    }
}

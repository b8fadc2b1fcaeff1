using Attachments.Application.Text;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace Attachments.Api.Http.Binding;

/// <summary>
/// Binds integers, UUIDs and Booleans in routes and queries, each from its one usual form. The framework's own binding also takes
/// hexadecimal integers, group separators, white space, four more forms of UUIDs, and the first of several values.
/// </summary>
internal sealed class ScalarBinding : IModelBinderProvider
{
    private static readonly Dictionary<Type, IModelBinder> Binders = new()
    {
        [typeof(long)] = new Binder(text => DecimalInteger.Parse(text), "must be an integer"),
        [typeof(int)] = new Binder(
            text => DecimalInteger.Parse(text) is { } number and >= int.MinValue and <= int.MaxValue ? (int)number : null,
            "must be an integer"),
        [typeof(Guid)] = new Binder(text => UuidText.Parse(text), "must be a UUID like 4bb709c2-e0e7-4af3-9f60-a045016a9610"),
        [typeof(bool)] = new Binder(text => bool.TryParse(text, out var value) ? value : null, "must be true or false"),
    };

    public IModelBinder? GetBinder(ModelBinderProviderContext context) =>
        Binders.GetValueOrDefault(context.Metadata.UnderlyingOrModelType);

    /// <param name="parse">Returns null for a text of another form.</param>
    /// <param name="rule">The form, in words that follow the name of the value.</param>
    private sealed class Binder(Func<string, object?> parse, string rule) : IModelBinder
    {
        public Task BindModelAsync(ModelBindingContext bindingContext)
        {
            var sent = bindingContext.ValueProvider.GetValue(bindingContext.ModelName);
            if (sent == ValueProviderResult.None)
            {
                return Task.CompletedTask;
            }

            bindingContext.ModelState.SetModelValue(bindingContext.ModelName, sent);
            if (parse(sent.Values.ToString()) is { } value)
            {
                bindingContext.Result = ModelBindingResult.Success(value);
            }
            else
            {
                bindingContext.ModelState.TryAddModelError(bindingContext.ModelName, rule);
            }

            return Task.CompletedTask;
        }
    }
}

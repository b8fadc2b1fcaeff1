using System.Globalization;
using Attachments.Application.Text;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace Attachments.Api.Http.Binding;

/// <summary>
/// Binds whole numbers in routes and queries from decimal digits with an optional minus sign. The framework's own binding takes
/// hexadecimal as well, white space, and group separators.
/// </summary>
internal sealed class IntegerBinding : IModelBinderProvider, IModelBinder
{
    public IModelBinder? GetBinder(ModelBinderProviderContext context) =>
        context.Metadata.UnderlyingOrModelType == typeof(long) || context.Metadata.UnderlyingOrModelType == typeof(int) ? this : null;

    public Task BindModelAsync(ModelBindingContext bindingContext)
    {
        var sent = bindingContext.ValueProvider.GetValue(bindingContext.ModelName);
        if (sent == ValueProviderResult.None)
        {
            return Task.CompletedTask;
        }

        bindingContext.ModelState.SetModelValue(bindingContext.ModelName, sent);
        var type = bindingContext.ModelMetadata.UnderlyingOrModelType;
        if (DecimalInteger.Parse(sent.Values.ToString()) is { } number
            && (type == typeof(long) || number is >= int.MinValue and <= int.MaxValue))
        {
            bindingContext.Result = ModelBindingResult.Success(Convert.ChangeType(number, type, CultureInfo.InvariantCulture));
        }
        else
        {
            bindingContext.ModelState.TryAddModelError(bindingContext.ModelName, "must be an integer");
        }

        return Task.CompletedTask;
    }
}

using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace Attachments.Api.Http.Binding;

/// <summary>
/// Binds <c>true</c> and <c>false</c> in queries. Of more than one value, the framework's own binding takes the first, whatever the others
/// say.
/// </summary>
internal sealed class BooleanBinding : IModelBinderProvider, IModelBinder
{
    public IModelBinder? GetBinder(ModelBinderProviderContext context) =>
        context.Metadata.UnderlyingOrModelType == typeof(bool) ? this : null;

    public Task BindModelAsync(ModelBindingContext bindingContext)
    {
        var sent = bindingContext.ValueProvider.GetValue(bindingContext.ModelName);
        if (sent == ValueProviderResult.None)
        {
            return Task.CompletedTask;
        }

        bindingContext.ModelState.SetModelValue(bindingContext.ModelName, sent);
        if (bool.TryParse(sent.Values.ToString(), out var value))
        {
            bindingContext.Result = ModelBindingResult.Success(value);
        }
        else
        {
            bindingContext.ModelState.TryAddModelError(bindingContext.ModelName, "must be true or false");
        }

        return Task.CompletedTask;
    }
}

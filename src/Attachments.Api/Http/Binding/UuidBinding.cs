using Attachments.Application.Text;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace Attachments.Api.Http.Binding;

/// <summary>
/// Binds UUIDs in routes and queries from their one usual form. The framework's own binding takes four more, and white space.
/// </summary>
internal sealed class UuidBinding : IModelBinderProvider, IModelBinder
{
    public IModelBinder? GetBinder(ModelBinderProviderContext context) => context.Metadata.ModelType == typeof(Guid) ? this : null;

    public Task BindModelAsync(ModelBindingContext bindingContext)
    {
        var sent = bindingContext.ValueProvider.GetValue(bindingContext.ModelName);
        if (sent == ValueProviderResult.None)
        {
            return Task.CompletedTask;
        }

        bindingContext.ModelState.SetModelValue(bindingContext.ModelName, sent);
        if (UuidText.Parse(sent.Values.ToString()) is { } uuid)
        {
            bindingContext.Result = ModelBindingResult.Success(uuid);
        }
        else
        {
            bindingContext.ModelState.TryAddModelError(
                bindingContext.ModelName, "must be a UUID like 4bb709c2-e0e7-4af3-9f60-a045016a9610");
        }

        return Task.CompletedTask;
    }
}

using Microsoft.AspNetCore.Mvc.ModelBinding.Metadata;

namespace Attachments.Api.Http.Binding;

/// <summary>Keeps texts of only white space, which may be the name of a point. The framework would convert them to null.</summary>
internal sealed class PreserveEmptyStrings : IDisplayMetadataProvider
{
    public void CreateDisplayMetadata(DisplayMetadataProviderContext context) => context.DisplayMetadata.ConvertEmptyStringToNull = false;
}

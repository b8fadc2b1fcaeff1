using Microsoft.AspNetCore.Mvc.ModelBinding.Metadata;

namespace Attachments.Api.Http.Binding;

/// <summary>A text of nothing but white space is that text, which may be the name of a point; the framework would make it null.</summary>
internal sealed class PreserveEmptyStrings : IDisplayMetadataProvider
{
    public void CreateDisplayMetadata(DisplayMetadataProviderContext context) => context.DisplayMetadata.ConvertEmptyStringToNull = false;
}

using System.Text;
using System.Text.Encodings.Web;
using Attachments.Api.Http.Media;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Formatters;

namespace Attachments.Api.Http.Documents;

/// <summary>The documents that MVC writes: JSON in UTF-8 (RFC 8259, section 8.1), whatever Accept and Accept-Charset ask for.</summary>
internal static class JsonAnswers
{
    public static IMvcBuilder AddJsonAnswers(this IMvcBuilder mvc) => mvc
        .AddMvcOptions(options =>
        {
            var json = options.OutputFormatters.OfType<SystemTextJsonOutputFormatter>().Single();
            json.SupportedMediaTypes.Clear();
            json.SupportedMediaTypes.Add(MediaTypes.Json);
            json.SupportedEncodings.Clear();
            json.SupportedEncodings.Add(Encoding.UTF8);
        })
        // What is sent is never embedded in a page, so names and base64 can stay readable.
        .AddJsonOptions(json => json.JsonSerializerOptions.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping);
}

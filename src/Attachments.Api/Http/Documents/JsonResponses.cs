using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Attachments.Api.Http.Media;
using Microsoft.AspNetCore.Mvc.Formatters;

namespace Attachments.Api.Http.Documents;

/// <summary>Writes documents as JSON in UTF-8 (RFC 8259, section 8.1), regardless of Accept and Accept-Charset.</summary>
internal static class JsonResponses
{
    // Responses are never embedded in a page, so letters of every script, names and base64 can stay readable.
    private static readonly JavaScriptEncoder Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    /// <summary>For documents that MVC does not write.</summary>
    public static JsonWriterOptions WriterOptions { get; } = new() { Encoder = Encoder };

    public static IMvcBuilder AddJsonResponses(this IMvcBuilder mvc) => mvc
        .AddMvcOptions(options =>
        {
            options.OutputFormatters.RemoveType<StringOutputFormatter>();
            var json = options.OutputFormatters.OfType<SystemTextJsonOutputFormatter>().Single();
            json.SupportedMediaTypes.Clear();
            json.SupportedMediaTypes.Add(MediaTypes.Json);
            json.SupportedEncodings.Clear();
            json.SupportedEncodings.Add(Encoding.UTF8);
        })
        .AddJsonOptions(json => json.JsonSerializerOptions.Encoder = Encoder);
}

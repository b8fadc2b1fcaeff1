using System.Text.Encodings.Web;
using System.Text.Json;

namespace Attachments.Api.Http.Documents;

/// <summary>How documents are written.</summary>
internal static class JsonWriting
{
    /// <summary>What is sent is never embedded in a page, so letters of every script stay readable.</summary>
    public static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}

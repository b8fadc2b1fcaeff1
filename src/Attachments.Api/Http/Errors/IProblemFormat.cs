namespace Attachments.Api.Http.Errors;

/// <summary>
/// A dialect of the API that writes its errors in a form of its own. Where none applies, problem details (RFC 9457) are sent.
/// </summary>
internal interface IProblemFormat
{
    /// <summary>Whether the answer to this request speaks the dialect, whatever became of the request.</summary>
    bool AppliesTo(HttpContext context);

    /// <summary>The media type of <see cref="Body"/>.</summary>
    string MediaType { get; }

    /// <summary>The document to send; null for an answer without a body.</summary>
    object? Body(Problem problem, string traceId);

    /// <summary>Sets the header fields that every error of the dialect has.</summary>
    void SetHeaders(IHeaderDictionary headers);
}
